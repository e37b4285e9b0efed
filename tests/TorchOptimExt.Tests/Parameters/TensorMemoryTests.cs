using TorchOptimExt.Parameters;
using static TorchSharp.torch;

namespace TorchOptimExt.Tests.Parameters;

public class TensorMemoryTests
{
    // A span reaches 2 GiB: where that is too little the address is found another way, which this compares.
    [Fact]
    public void The_address_does_not_depend_on_the_length()
    {
        using var scope = NewDisposeScope();
        var whole = arange(20, float64);
        foreach (var tensor in (Tensor[])[whole, whole.narrow(0, 3, 5), whole.reshape(4, 5)[1], new TorchSharp.Modules.Parameter(ones(3))])
            Assert.Equal(TensorMemory.Address(tensor, tensor.numel() * tensor.element_size()), TensorMemory.Address(tensor, 3L << 30));
        Assert.Equal(TensorMemory.Address(whole) + 3 * sizeof(double), TensorMemory.Address(whole.narrow(0, 3, 5)));
        Assert.Equal(TensorMemory.Address(whole) + 5 * sizeof(double), TensorMemory.Address(whole.reshape(4, 5).t()[TensorIndex.Colon, 1]));
    }
}
