using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TorchSharpPolyfill.Tests;

public sealed class UtilsTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();

    public void Dispose() => scope.Dispose();

    private static Parameter WithGrad(params double[] grad) => new(zeros(grad.Length, ScalarType.Float64)) { grad = tensor(grad) };

    [Theory]
    [InlineData(2.0, 13.0)]
    [InlineData(1.0, 19.0)]
    [InlineData(double.PositiveInfinity, 12.0)]
    public void Clip_grad_norm_scales_all_gradients_by_their_common_norm(double norm_type, double norm)
    {
        Parameter[] parameters = [WithGrad(3, 4), new(zeros(5)), WithGrad(-12)];
        Assert.Equal(norm, torch.nn.utils.clip_grad_norm_(parameters, 2 * norm, norm_type), 1e-12);
        Assert.Equal([3, 4], parameters[0].grad!.data<double>().ToArray());
        torch.nn.utils.clip_grad_norm_(parameters, norm / 2, norm_type);
        Assert.Equal(-6, parameters[2].grad!.ToDouble(), 1e-6);
        Assert.Equal(0, torch.nn.utils.clip_grad_norm_([parameters[1]], 1));
    }

    [Fact]
    public void Clip_grad_value_limits_each_element()
    {
        var parameter = WithGrad(-3, 0.5, 2);
        torch.nn.utils.clip_grad_value_([parameter, new(zeros(1))], 1);
        Assert.Equal([-1, 0.5, 1], parameter.grad!.data<double>().ToArray());
    }

    [Fact]
    public void A_vector_of_parameters_goes_there_and_back()
    {
        var layer = Linear(2, 2);
        var vector = torch.nn.utils.parameters_to_vector(layer.parameters());
        Assert.Equal([6], vector.shape);
        Assert.True(vector.requires_grad);
        torch.nn.utils.vector_to_parameters(arange(6, ScalarType.Float32), layer.parameters());
        Assert.Equal([0, 1, 2, 3], layer.weight.data<float>().ToArray());
        Assert.Equal([4, 5], layer.bias!.data<float>().ToArray());
        Assert.True(layer.weight is { requires_grad: true, is_leaf: true });
    }

    [Fact]
    public void Parameters_share_the_vectors_memory()
    {
        var (layer, vector) = (Linear(1, 1), tensor(new[] { 1f, 2f }));
        torch.nn.utils.vector_to_parameters(vector, layer.parameters());
        vector.fill_(7);
        Assert.Equal(7, layer.weight.ToDouble());
    }

    [Theory]
    [InlineData(init.NonlinearityType.Linear, 0, 1)]
    [InlineData(init.NonlinearityType.Tanh, 0, 5.0 / 3)]
    [InlineData(init.NonlinearityType.ReLU, 0, 1.4142135623730951)]
    [InlineData(init.NonlinearityType.LeakyReLU, 3, 0.4472135954999579)]
    public void Gains_are_the_published_ones(init.NonlinearityType kind, double parameter, double gain) => Assert.Equal(gain, init.calculate_gain(kind, parameter), 1e-15);

    [Fact]
    public void Fans_count_the_receptive_field()
    {
        Assert.Equal((12, 30), init.CalculateFanInAndFanOut(empty(5, 2, 3, 2)));
        Assert.Throws<ArgumentException>(() => init.CalculateFanInAndFanOut(empty(5)));
    }
}
