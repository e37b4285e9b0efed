using TorchOptimExt.LineSearch;
using TorchOptimExt.Tests.TestFunctions;
using static TorchOptimExt.Tests.LineSearch.Objectives;
using static TorchSharp.torch;

namespace TorchOptimExt.Tests.LineSearch;

public class ArmijoNewtonTests
{
    [Fact]
    public void Reaches_the_minimum_of_a_quadratic_in_one_step()
    {
        using var scope = NewDisposeScope();
        var x = TestFunction.At(Functions.Booth.Starts[0]);
        var optimizer = optim.ArmijoNewton([x]);
        optimizer.step(Closure(Functions.Booth, x));
        Assert.Equal([1, 3], Values(x), (a, b) => Math.Abs(a - b) < 1e-14);
        var step = optimizer.LastStep!;
        // f = 74 at the start: gᵀd = −2·74, dᵀHd = 2·74.
        Assert.Equal((LineSearchOutcome.Accepted, DirectionKind.Newton, 1.0, 1), (step.Outcome, step.Direction, step.Step, step.Trials));
        Assert.Equal(-148, step.Slope, 1e-11);
        Assert.Equal(148, step.Curvature, 1e-11);
    }

    [Fact]
    public void Above_max_exact_conjugate_gradients_give_the_direction()
    {
        using var scope = NewDisposeScope();
        var x = TestFunction.At([.. Enumerable.Repeat(1.0, 600)]);
        var curvatures = linspace(1, 5, 600, dtype: ScalarType.Float64);
        var optimizer = optim.ArmijoNewton([x]);
        var last = Minimize(optimizer, () => 0.5 * (curvatures * x.square()).sum(), 20);
        Assert.Equal(LineSearchOutcome.Converged, last.Outcome);
        Assert.True(Values(x).Max(Math.Abs) < 1e-7);

        // Nearer to the minimum the wanted residual is smaller: min(0.5, √‖g‖)·‖g‖.
        var before = Enumerable.Repeat(1e-5, 600).ToArray();
        optimizer = optim.ArmijoNewton([x = TestFunction.At(before)], tolerance_grad: 0);
        optimizer.step(() => 0.5 * (curvatures * x.square()).sum());
        var gradient = Values(curvatures).Select(a => a * 1e-5).ToArray();
        var residual = Values(x).Zip(Values(curvatures), (v, a) => a * v).ToArray();        // g + H·(x − before)
        double Norm(double[] v) => Math.Sqrt(v.Sum(e => e * e));
        Assert.Equal((DirectionKind.NewtonCG, 1.0), (optimizer.LastStep!.Direction, optimizer.LastStep.Step));
        Assert.True(Norm(residual) <= Math.Sqrt(Norm(gradient)) * Norm(gradient));
        Assert.InRange(optimizer.LastStep.HessianProducts, 2, 20);
    }

    [Fact]
    public void Conjugate_gradients_stop_at_max_cg_and_at_negative_curvature()
    {
        using var scope = NewDisposeScope();
        var x = TestFunction.At([100, 10, 1]);
        var curvatures = tensor([1.0, 10, 100]);
        var optimizer = optim.ArmijoNewton([x], max_exact: 0, max_cg: 1, b: 0);
        optimizer.step(() => 0.5 * (curvatures * x.square()).sum());
        Assert.Equal((DirectionKind.TruncatedNewtonCG, 1), (optimizer.LastStep!.Direction, optimizer.LastStep.HessianProducts));

        // −x² curves downwards at once: as far as if it were x².
        var y = TestFunction.At([0.1]);
        optimizer = optim.ArmijoNewton([y], max_exact: 0, b: 0);
        optimizer.step(() => -y.square().sum());
        Assert.Equal(0.2, Values(y)[0], 1e-15);
        Assert.Equal(DirectionKind.TruncatedNewtonCG, optimizer.LastStep!.Direction);
    }

    [Fact]
    public void Where_the_Hessian_is_indefinite_its_negative_eigenvalues_count_as_positive()
    {
        // f = x⁴/4 − x²/2 + y²: at (0.1, 1) the gradient is (−0.099, 2) and the Hessian diag(−0.97, 2).
        using var scope = NewDisposeScope();
        var x = TestFunction.At([0.1, 1]);
        var optimizer = optim.ArmijoNewton([x]);
        Tensor Loss() => x[0].pow(4) / 4 - x[0].square() / 2 + x[1].square();
        optimizer.step(Loss);
        Assert.Equal(DirectionKind.SaddleFreeNewton, optimizer.LastStep!.Direction);
        Assert.Equal([0.1 + 0.099 / 0.97, 0], Values(x), (a, b) => Math.Abs(a - b) < 1e-14);
        Assert.Equal(-0.099 * 0.099 / 0.97 - 2, optimizer.LastStep.Slope, 1e-14);
        Assert.Equal(LineSearchOutcome.Converged, Minimize(optimizer, Loss, 50).Outcome);
        Assert.Equal([1, 0], Values(x), (a, b) => Math.Abs(a - b) < 1e-8);
    }

    // Curvatures that differ by six orders of magnitude: the step along the small one must not be measured by the large one.
    [Fact]
    public void A_large_curvature_does_not_shorten_the_way_out_of_a_small_negative_one()
    {
        using var scope = NewDisposeScope();
        var x = TestFunction.At([0.1, 1e-3]);
        var optimizer = optim.ArmijoNewton([x]);
        var last = Minimize(optimizer, () => 5e5 * x[0].square() - 0.5 * x[1].square() + 0.25 * x[1].pow(4), 20);
        Assert.Equal(LineSearchOutcome.Converged, last.Outcome);
        Assert.Equal(-0.25, last.After, 1e-14);
    }

    [Fact]
    public void A_saddle_or_maximum_is_left_along_negative_curvature()
    {
        using var scope = NewDisposeScope();
        var x = TestFunction.At([0, 0]);
        var optimizer = optim.ArmijoNewton([x]);
        Tensor Loss() => x[0].square() - x[1].square() + 0.5 * x[1].pow(4);
        optimizer.step(Loss);
        var step = optimizer.LastStep!;
        Assert.Equal((LineSearchOutcome.Accepted, DirectionKind.NegativeCurvature, true), (step.Outcome, step.Direction, step.Moved));
        Assert.True(step.After < 0);
        Assert.Equal(LineSearchOutcome.Converged, Minimize(optimizer, Loss, 50).Outcome);
        Assert.Equal(-0.5, optimizer.LastStep!.After, 1e-14);
    }

    [Fact]
    public void A_saddle_that_no_step_leaves_is_no_minimum()
    {
        // Beyond (0, 0) a wall stands: no evaluation elsewhere is lower.
        using var scope = NewDisposeScope();
        var x = TestFunction.At([0, 0]);
        var optimizer = optim.ArmijoNewton([x]);
        optimizer.step(() => x[0].square() - x[1].square() + (Values(x).All(v => v == 0) ? 0 : 1e6));
        Assert.Equal((LineSearchOutcome.Saddle, false), (optimizer.LastStep!.Outcome, optimizer.LastStep.Moved));
        Assert.Equal([0, 0], Values(x));
    }

    [Fact]
    public void A_loss_without_second_derivatives_still_descends()
    {
        using var scope = NewDisposeScope();
        var x = TestFunction.At([1, 2]);
        var optimizer = optim.ArmijoNewton([x]);
        optimizer.step(() => x.sum());
        Assert.Equal(DirectionKind.SaddleFreeNewton, optimizer.LastStep!.Direction);
        Assert.True(optimizer.LastStep.Moved);
    }

    [Fact]
    public void Where_the_Hessian_is_not_finite_the_gradient_is_used()
    {
        // x^1.5 has the slope 0 and an infinite second derivative at 0.
        using var scope = NewDisposeScope();
        var x = TestFunction.At([0, 1]);
        var optimizer = optim.ArmijoNewton([x]);
        optimizer.step(() => x[0].pow(1.5) + x[1].square() / 2);
        Assert.Equal(DirectionKind.NegativeGradient, optimizer.LastStep!.Direction);
        Assert.Equal([0, 0], Values(x));
    }

    [Fact]
    public void Decay_and_maximize_enter_the_Hessian()
    {
        using var scope = NewDisposeScope();
        foreach (var exact in new[] { 512, 0 })
        {
            // −f + ½·3x² with f = −½(x − 2)²: minimum where (x − 2) + 3x = 0.
            var x = TestFunction.At([7]);
            var optimizer = optim.ArmijoNewton([x], weight_decay: 3, maximize: true, max_exact: exact);
            optimizer.step(() => -0.5 * (x - 2).square().sum());
            Assert.Equal(0.5, Values(x)[0], 1e-14);
        }
    }

    [Fact]
    public void Each_group_has_its_own_part_of_the_step()
    {
        using var scope = NewDisposeScope();
        var (x, y) = (TestFunction.At([1]), TestFunction.At([1]));
        var optimizer = optim.ArmijoNewton([new ArmijoNewton.ParamGroup([x]), new([y], new() { LearningRate = 0.5 })]);
        optimizer.step(() => 2 * x.square().sum() + 3 * y.square().sum());
        Assert.Equal(0, Values(x)[0], 1e-15);
        Assert.Equal(0.5, Values(y)[0], 1e-15);
        Assert.Equal(4 + 6 * 0.25, optimizer.LastStep!.Curvature, 1e-13);
    }

    // The Hessian of a network's loss couples all its parameters: the step beside the linear system, solved from autograd's own Hessian.
    [Fact]
    public void The_direction_solves_Newtons_equations_of_several_parameters()
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        var (w, v) = (TestFunction.At([0.3, -0.4, 0.8]), TestFunction.At([0.5]));
        Tensor Loss() => (w * v).tanh().square().sum() + w.square().sum() + (v - 2).square().sum();
        var before = Values(w).Concat(Values(v)).ToArray();
        var all = tensor(before).requires_grad_();
        var loss = (all[..3] * all[3..]).tanh().square().sum() + all[..3].square().sum() + (all[3..] - 2).square().sum();
        var gradient = autograd.grad([loss], [all], retain_graph: true, create_graph: true)[0];
        var hessian = stack([.. Enumerable.Range(0, 4).Select(k => autograd.grad([gradient[k]], [all], retain_graph: true)[0])]);
        var expected = Values(linalg.solve(hessian, -gradient.detach()));

        var optimizer = optim.ArmijoNewton([w, v]);
        optimizer.step(Loss);
        Assert.Equal(DirectionKind.Newton, optimizer.LastStep!.Direction);
        var moved = Values(w).Concat(Values(v)).Zip(before, (a, b) => a - b).ToArray();
        Assert.Equal(expected.Select(d => d * optimizer.LastStep.Step), moved, (a, b) => Math.Abs(a - b) < 1e-12);
    }

    [Theory]
    [InlineData("b", 1.5), InlineData("b", -0.1), InlineData("max_exact", -1.0), InlineData("max_cg", 0.0), InlineData("c", 1.0),
        InlineData("tolerance_grad", double.NaN)]
    public void What_is_out_of_range_is_refused_by_name(string name, double value)
    {
        double Given(string argument, double otherwise) => argument == name ? value : otherwise;
        var p = TestFunction.At([1]);
        var error = Assert.Throws<ArgumentOutOfRangeException>(
            () => optim.ArmijoNewton([p], c: Given("c", 0.1), b: Given("b", 1), max_exact: (int)Given("max_exact", 512),
            max_cg: name == "max_cg" ? (int)value : null, tolerance_grad: name == "tolerance_grad" ? value : null));
        Assert.Equal(name, error.ParamName);
    }
}
