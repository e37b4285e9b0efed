using TorchOptimExt.LineSearch;
using TorchOptimExt.Tests.TestFunctions;
using static TorchOptimExt.Tests.LineSearch.Objectives;
using static TorchSharp.torch;

namespace TorchOptimExt.Tests.LineSearch;

/// <summary>What a search must survive: failures that it recovers from, units that it does not know, buffers, a graph of another
/// time.</summary>
public class FaultTests
{
    public static TheoryData<string> All => [.. Variants.Keys];

    [Theory, InlineData(FirstTrial.Grow), InlineData(FirstTrial.Keep)]
    public void After_a_search_that_failed_the_next_begins_where_it_ended(FirstTrial first)
    {
        // α grows to 10 on a slope; then curvature 1e4, for which ten halvings are not enough.
        using var scope = NewDisposeScope();
        var x = TestFunction.At([1]);
        var optimizer = optim.ArmijoGD([x], first_trial: first, max_backtracks: 10);
        for (var k = 0; k < 6; k++) optimizer.step(() => 1e-3 * x.sum());
        Assert.Equal(10, optimizer.LastStep!.Step);
        Tensor Steep() => 0.5e4 * (x - 0.5).square().sum();
        optimizer.step(Steep);
        Assert.Equal((LineSearchOutcome.MaxBacktracks, false), (optimizer.LastStep.Outcome, optimizer.LastStep.Moved));
        optimizer.step(Steep);
        Assert.Equal((10 / 1024.0, true), (optimizer.LastStep.FirstTrial, optimizer.LastStep.Moved));
    }

    [Theory, InlineData(FirstTrial.Interpolated), InlineData(FirstTrial.BarzilaiBorwein)]
    public void A_first_trial_that_knows_the_gradient_needs_no_unit(FirstTrial first)
    {
        foreach (var curvature in new[] { 1e12, 1e6, 1 })
        {
            using var scope = NewDisposeScope();
            var x = TestFunction.At([1, 2]);
            var optimizer = optim.ArmijoGD([x], first_trial: first, max_step: 1e10, tolerance_grad: 1e-9 * curvature);
            optimizer.step(() => 0.5 * curvature * x.square().sum());
            Assert.True(optimizer.LastStep!.Moved && optimizer.LastStep.Trials <= 2, optimizer.LastStep.ToString());
            var result = optimizer.minimize(() => 0.5 * curvature * x.square().sum(), 500);
            Assert.True(result.Converged && result.LargestGradient <= 1e-7 * curvature, result.ToString());
        }
    }

    [Fact]
    public void A_group_without_a_learning_rate_is_out_of_Newtons_system()
    {
        // x and y are coupled; with y held, x alone is solved for in one step.
        foreach (var method in new[] { "Newton", "Newton-CG", "Trust region" })
        {
            using var scope = NewDisposeScope();
            var (x, y) = (TestFunction.At([0.5]), TestFunction.At([0.3]));
            LineSearchOptimizer optimizer = method == "Trust region"
                ? optim.TrustRegionNewton([new TrustRegionNewton.ParamGroup([x]), new([y], new() { LearningRate = 0 })])
                : optim.ArmijoNewton([new ArmijoNewton.ParamGroup([x]), new([y], new() { LearningRate = 0 })],
                    max_exact: method == "Newton" ? 512 : 0);
            var result = optimizer.minimize(() => (x.square() + x * y + 2 * y.square()).sum(), 5);
            Assert.Equal((LineSearchOutcome.Converged, 1), (result.Outcome, result.Steps));
            Assert.Equal((-0.15, 0.3), (Math.Round(Values(x)[0], 14), Values(y)[0]));
        }
    }

    [Theory, MemberData(nameof(All))]
    public void A_graph_of_another_time_is_told_at_the_first_trial(string variant)
    {
        using var scope = NewDisposeScope();
        var x = TestFunction.At([1, 2]);
        var optimizer = Variants[variant]([x]);
        var calls = 0;
        var loss = x.square().sum();
        var error = Assert.Throws<InvalidOperationException>(() =>
        {
            for (var k = 0; k < 3; k++)
                optimizer.step(() =>
                {
                    calls++;
                    return loss;
                });
        });
        Assert.True(error.Message.Contains("at each call", StringComparison.Ordinal), error.ToString());
        Assert.InRange(calls, 1, 4);
        Assert.Equal([1, 2], Values(x));
    }

    [Theory, MemberData(nameof(All))]
    public void Buffers_are_what_one_evaluation_leaves(string variant)
    {
        using var scope = NewDisposeScope();
        var x = TestFunction.At([-1.2, 1]);
        var (given, expected) = (zeros(1, dtype: ScalarType.Float64), 0.0);
        var optimizer = variant.StartsWith("GD", StringComparison.Ordinal)
            ? optim.ArmijoGD([x], first_trial: FirstTrial.Grow, buffers: [given])
            : variant.StartsWith("L-BFGS", StringComparison.Ordinal) ? optim.WolfeLBFGS([x], buffers: [given])
            : variant.StartsWith("Trust", StringComparison.Ordinal) ? optim.TrustRegionNewton([x], buffers: [given])
            : (LineSearchOptimizer)optim.ArmijoNewton([x], buffers: [given]);
        for (var k = 0; k < 6; k++)
        {
            // A running average of the first coordinate where the step begins.
            expected = 0.9 * expected + 0.1 * Values(x)[0];
            optimizer.step(Loss);
            Assert.Equal(expected, given.item<double>(), 1e-15);
        }
        // In a minimization each accepted point counts once, the last one not: no step begins there.
        var average = expected;
        List<double> starts = [Values(x)[0]];
        optimizer.minimize(Loss, 4, new Each(step =>
        {
            if (step.Moved) starts.Add(Values(x)[0]);
        }));
        foreach (var start in starts.SkipLast(1)) average = 0.9 * average + 0.1 * start;
        Assert.Equal(average, given.item<double>(), 1e-14);

        Tensor Loss()
        {
            using (no_grad()) given.mul_(0.9).add_(x[..1], alpha: 0.1);
            return Functions.Rosenbrock.Value(x);
        }
    }

    [Fact]
    public void A_refused_trial_does_not_enter_batch_normalization()
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        var (model, x, y) = (nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Linear(4, 1)), randn(32, 3), randn(32, 1));
        var optimizer = optim.ArmijoGD(model.parameters(), lr: 1e12, buffers: model.buffers());
        for (var k = 0; k < 3; k++) optimizer.step(() => nn.functional.mse_loss(100 * model.forward(x), y));
        Assert.All(model.buffers(), buffer => Assert.True(buffer.isfinite().all().item<bool>()));
        Assert.Equal(3, model.buffers().Single(buffer => buffer.dtype == ScalarType.Int64).item<long>());
    }

    private sealed class Each(Action<LineSearchStep> action) : IProgress<LineSearchStep>
    {
        public void Report(LineSearchStep value) => action(value);
    }
}
