using References;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.Tests.Fused;

/// <summary>TorchSharp's Rprop takes any factors, also those that the formula does not fit.</summary>
public class RpropFactorTests
{
    [Theory]
    [InlineData(0, 1.2)]
    [InlineData(1, 1.2)]
    [InlineData(-0.5, 1.2)]
    [InlineData(0.5, -1.2)]
    [InlineData(0.5, 1)]
    [InlineData(0.5, 0)]
    [InlineData(2, 1.2)]
    [InlineData(1.2, 1.2)]
    [InlineData(-1, -1)]
    public void Factors_outside_of_the_formula_give_the_numbers_of_TorchSharp_s(double etaminus, double etaplus)
    {
        using var scope = NewDisposeScope();
        Parameter theirs = new(linspace(-1, 1, 5, ScalarType.Float64)), ours = new(linspace(-1, 1, 5, ScalarType.Float64));
        using var builtIn = optim.Rprop([theirs], 0.1, etaminus, etaplus);
        using var fused = optim.fused.Rprop([ours], 0.1, etaminus, etaplus);
        for (var step = 0; step < 8; step++)
        {
            foreach (var parameter in (Parameter[])[theirs, ours]) parameter.grad = linspace(-2, 1, 5, ScalarType.Float64) + step % 3;
            builtIn.step();
            fused.step();
            Assert.True(fused.LastStepFused);
            Assert.Equal(Trajectory.Values(theirs), Trajectory.Values(ours));
        }
    }
}
