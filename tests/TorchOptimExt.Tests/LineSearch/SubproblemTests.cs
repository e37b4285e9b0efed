using TorchOptimExt.LineSearch;
using TorchSharp;
using static TorchOptimExt.Tests.LineSearch.Objectives;
using static TorchSharp.torch;

namespace TorchOptimExt.Tests.LineSearch;

/// <summary>The minimizers of a quadratic model by themselves: within a radius, exactly, and by conjugate gradients.</summary>
public class SubproblemTests
{
    // The conditions of Moré and Sorensen, necessary and sufficient, on definite and indefinite matrices.
    [Theory, InlineData(0.01), InlineData(0.5), InlineData(3), InlineData(1e4)]
    public void A_step_fulfils_the_conditions_of_optimality(double radius)
    {
        using var scope = NewDisposeScope();
        manual_seed(3);
        foreach (var shift in new[] { 6.0, 0.0, -6.0 })
        {
            var a = randn(6, 6, dtype: ScalarType.Float64);
            var (h, g) = (a + a.t() + shift * eye(6, dtype: ScalarType.Float64), randn(6, dtype: ScalarType.Float64));
            var (step, decrease, lambda, atRadius) = new TrustRegionSubproblem(h, g).Solve(radius);
            var shifted = h + lambda * eye(6, dtype: ScalarType.Float64);
            Assert.True((shifted.mv(step) + g).norm().ToDouble() <= 1e-8 * (g.norm().ToDouble() + lambda * radius));
            Assert.True(lambda >= 0 && linalg.eigvalsh(shifted)[0].ToDouble() >= -1e-10 * (1 + lambda));
            var length = step.norm().ToDouble();
            Assert.True(length <= radius * (1 + 1e-8) && (lambda == 0 || length >= radius * (1 - 1e-6)), $"{length}, {lambda}");
            Assert.Equal(length >= radius * (1 - 1e-6), atRadius);
            Assert.Equal(-(g.dot(step) + 0.5 * step.dot(h.mv(step))).ToDouble(), decrease, 1e-9 * (1 + Math.Abs(decrease)));
        }
    }

    [Fact]
    public void In_the_hard_case_the_first_eigenvector_makes_up_for_the_length()
    {
        // H = diag(−1, 1), g = (0, 1): λ = 1, p₂ = −1/2, and p₁ = ±√(4 − 1/4).
        using var scope = NewDisposeScope();
        var (step, decrease, lambda, atRadius) = new TrustRegionSubproblem(diag(tensor([-1.0, 1])), tensor([0.0, 1])).Solve(2);
        Assert.Equal((Math.Sqrt(3.75), -0.5), (Math.Abs(Values(step)[0]), Values(step)[1]), (a, b) => Near(a.Item1, b.Item1)
            && Near(a.Item2, b.Item2));
        Assert.True(Near(1, lambda) && atRadius && Near(0.5 - 0.125 + 1.875, decrease));
    }

    [Fact]
    public void Without_a_minimum_the_saddle_free_step_goes_down_every_eigenvector()
    {
        using var scope = NewDisposeScope();
        Assert.Equal([-0.5, -3, 0.25], Values(new TrustRegionSubproblem(diag(tensor([2.0, -1, 4])), tensor([1.0, 3, -1])).SaddleFree()),
            Near);
    }

    [Fact]
    public void Conjugate_gradients_solve_a_system_in_as_many_iterations_as_it_has_unknowns()
    {
        using var scope = NewDisposeScope();
        manual_seed(5);
        var (a, g) = (randn(5, 5, dtype: ScalarType.Float64), randn(5, dtype: ScalarType.Float64));
        var h = a.mm(a.t()) + eye(5, dtype: ScalarType.Float64);
        var products = 0;
        var found = ConjugateGradients.Solve(v =>
        {
            products++;
            return h.mv(v);
        }, g, 50, residual: 1e-10);
        Assert.True(found.Complete && !found.NegativeCurvature && !found.AtRadius);
        Assert.InRange(products, 5, 7);
        Assert.True((found.Direction + linalg.solve(h, g)).norm().ToDouble() <= 1e-9);
        Assert.True((found.Product - h.mv(found.Direction)).norm().ToDouble() <= 1e-9);
        // Half of the gradient is enough unless more is asked for.
        var blunt = ConjugateGradients.Solve(h.mv, 1e3 * g, 50);
        Assert.True(blunt.Complete && (h.mv(blunt.Direction) + 1e3 * g).norm().ToDouble() <= 500 * g.norm().ToDouble());
    }

    [Fact]
    public void Conjugate_gradients_end_at_negative_curvature_and_at_the_radius()
    {
        using var scope = NewDisposeScope();
        var (h, g) = (diag(tensor([-1.0, 2])), tensor([3.0, 4]));
        var steep = ConjugateGradients.Solve(v => -h.mv(v), tensor([0.0, 4]), 10);
        Assert.True(steep.NegativeCurvature);
        Assert.Equal([0, -2], Values(steep.Direction));         // as with a curvature of 2
        Assert.Equal([0, -4], Values(steep.Descent!));
        Assert.Null(ConjugateGradients.Solve(v => h.mv(v) + 3 * v, g, 10).Descent);
        // −g has positive curvature, the next direction negative
        var bent = ConjugateGradients.Solve(v => h.mv(v), tensor([1.0, 2.5]), 10, residual: 1e-9);
        Assert.True(bent is { NegativeCurvature: true, Complete: false, Descent: { } descent }
            && descent.dot(h.mv(descent)).ToDouble() < 0 && descent.dot(tensor([1.0, 2.5])).ToDouble() < 0, bent.ToString());
        Assert.True(bent.Direction.dot(tensor([1.0, 2.5])).ToDouble() < 0);
        foreach (var radius in new[] { 0.1, 2.0 })
        {
            var found = ConjugateGradients.Solve(h.mv, g, 10, radius);
            Assert.True(found.AtRadius && Near(radius, found.Direction.norm().ToDouble()), found.ToString());
            Assert.True((g.dot(found.Direction) + 0.5 * found.Direction.dot(h.mv(found.Direction))).ToDouble() < 0);
        }
        Assert.Throws<ArgumentOutOfRangeException>("radius", () => ConjugateGradients.Solve(h.mv, g, 10, 0.0));
        Assert.Throws<ArgumentOutOfRangeException>("radius", () => new TrustRegionSubproblem(h, g).Solve(0));
    }

    private static bool Near(double a, double b) => Math.Abs(a - b) <= 1e-9;
}
