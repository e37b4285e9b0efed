using TorchOptimExt.RandomSearch;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.Tests.RandomSearch;

public class ObjectivesWithoutGradientTests
{
    // Points on both sides of x + 2y = 0.5, with a margin; the 0/1 error is constant almost everywhere.
    [Fact]
    public void Minimizes_the_number_of_errors_of_a_linear_classifier()
    {
        using var scope = NewDisposeScope();
        var noise = new float[800];
        GaussianNoise.Fill(noise, seed: 1, step: 0, direction: 0);
        var points = tensor(noise, [400, 2]);
        var side = points.matmul(tensor(new[] { 1f, 2f })) - 0.5;
        var kept = side.abs().gt(0.1).nonzero().squeeze(1);
        points = points.index_select(0, kept);
        var labels = side.index_select(0, kept).gt(0);

        var (weights, bias) = (new Parameter(tensor(new[] { -1f, 0.5f })), new Parameter(zeros(1)));
        Tensor Errors() => (points.matmul(weights) + bias).gt(0).ne(labels).to(ScalarType.Float32).mean();
        Assert.True(Errors().ToDouble() > 0.3);
        using var optimizer = optim.ARS([weights, bias], lr: 0.1, n_directions: 8, top_directions: 4, delta_std: 0.3, seed: 0);
        for (var step = 0; step < 200; step++) optimizer.step(Errors).Dispose();
        Assert.True(Errors().ToDouble() < 0.01, $"{Errors().ToDouble()}");
    }
}
