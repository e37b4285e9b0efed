using References;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharpPolyfill.Tests.PyTorchReference;

namespace TorchSharpPolyfill.Tests;

public class ReferenceTests
{
    public static TheoryData<string> Modules => [.. PyTorchReference.All.Modules.Keys];
    public static TheoryData<string> Functions => [.. PyTorchReference.All.Functions.Keys];
    public static TheoryData<string> Seeded => [.. PyTorchReference.All.Seeded.Keys];

    [Theory, MemberData(nameof(Modules))]
    public void Module_computes_what_PyTorch_computes(string name)
    {
        using var scope = NewDisposeScope();
        var expected = PyTorchReference.All.Modules[name];
        using var module = ModuleCases.All[name]().to(ScalarType.Float64);
        module.load_state_dict(expected.State.ToDictionary(entry => entry.Key, entry => entry.Value.Make()));
        Check(expected, x => module is torch.nn.IModule<Tensor, Tensor> one ? one.call(x[0]) : ((torch.nn.IModule<Tensor, Tensor, Tensor>)module).call(x[0], x[1]));
        Assert.Equal(expected.Grads.Keys, module.named_parameters().Select(entry => entry.name));
        foreach (var (parameter, grad) in expected.Grads) Equal(grad, module.get_parameter(parameter)!.grad);
        Assert.Equal(expected.Buffers.Keys, module.named_buffers().Select(entry => entry.name));
        foreach (var (buffer, value) in expected.Buffers) Equal(value, module.get_buffer(buffer));
    }

    [Theory, MemberData(nameof(Functions))]
    public void Function_computes_what_PyTorch_computes(string name)
    {
        using var scope = NewDisposeScope();
        Check(PyTorchReference.All.Functions[name], FunctionCases.All[name]);
    }

    [Theory, MemberData(nameof(Seeded))]
    public void Random_numbers_are_PyTorchs_bit_for_bit(string name)
    {
        using var scope = NewDisposeScope();
        var expected = PyTorchReference.All.Seeded[name];
        manual_seed(1);
        Tensor[] actual = [.. FunctionCases.Seeded[name]()];
        Assert.Equal(expected.Length, actual.Length);
        foreach (var (one, other) in expected.Zip(actual))
        {
            Assert.Equal(one.Shape, other.shape);
            var values = other.contiguous().data<float>().ToArray();
            if (name.StartsWith("orthogonal_", StringComparison.Ordinal)) // its QR decomposition rounds as the kernels do that OpenBLAS has for this processor
                Tolerance.Holds(one.Values, [.. values.Select(value => (double)value)], ScalarType.Float32, steps: 1);
            else
                Assert.Equal(one.Values.Select(value => (float)value), values);
        }
    }

    private static void Check(Case expected, Func<Tensor[], Tensor> compute)
    {
        var inputs = Array.ConvertAll(expected.Inputs, input => input.Make());
        foreach (var input in inputs) input.requires_grad = input.is_floating_point();
        var output = compute(inputs);
        Equal(expected.Output, output);
        if (output.requires_grad) output.mul(output).sum().backward();
        foreach (var (grad, input) in expected.InputGrads.Zip(inputs))
            if (grad is null) Assert.Null(input.grad);
            else Equal(grad, input.grad);
    }
}
