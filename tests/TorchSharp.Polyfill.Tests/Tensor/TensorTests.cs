using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace TorchSharpPolyfill.Tests;

public class TensorTests
{
    [Fact]
    public void Gradients_of_a_quadratic_are_exact()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new double[] { 1, -2, 3 }, requires_grad: true);
        (x * x * 2 + 1).sum().backward();
        Assert.Equal([4, -8, 12], x.grad!.data<double>().ToArray());
    }

    [Fact]
    public void A_hessian_comes_from_double_backward()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new double[] { 2, 3 }, requires_grad: true);
        var y = x[0].pow(3) * x[1];
        var g = autograd.grad([y], [x], retain_graph: true, create_graph: true)[0];
        var row = autograd.grad([g[0]], [x], retain_graph: true)[0];
        Assert.Equal([36, 12], row.data<double>().ToArray());
    }

    [Fact]
    public void An_error_of_libtorch_is_an_exception_with_its_message()
    {
        using var a = zeros(2, 3);
        using var b = zeros(2, 3);
        var e = Assert.Throws<ExternalException>(() => a.mm(b));
        Assert.Contains("mat1 and mat2 shapes cannot be multiplied", e.Message);
        Assert.Throws<ExternalException>(() => a[5]);
        Assert.Throws<ExternalException>(() => zeros(1L << 60));
    }
}
