using Microsoft.Extensions.Logging;
using TorchOptimExt.LineSearch;
using TorchOptimExt.Tests.TestFunctions;
using TorchSharp;
using TorchSharp.Modules;
using static TorchOptimExt.Tests.LineSearch.Objectives;
using static TorchSharp.torch;

namespace TorchOptimExt.Tests.LineSearch;

/// <summary>Objectives and closures that do not behave.</summary>
public class HostileTests
{
    public static TheoryData<string> All => [.. Variants.Keys];

    [Theory, MemberData(nameof(All))]
    public void What_is_not_finite_beyond_a_radius_is_never_entered(string variant)
    {
        // −log(1 − x²) has its domain within the unit ball: NaN outside, ∞ on the edge.
        using var scope = NewDisposeScope();
        var x = TestFunction.At([0.7, 0.7]);
        var optimizer = Variants[variant]([x]);
        for (var k = 0; k < 50; k++)
        {
            optimizer.step(() => -(1 - x.square().sum()).log() + 10 * x[0]);
            Assert.True(Values(x).Sum(v => v * v) < 1);
            Assert.True(double.IsFinite(optimizer.LastStep!.After));
            Assert.True(optimizer.LastStep.Moved || optimizer.LastStep.Outcome is LineSearchOutcome.Converged or LineSearchOutcome.Stalled
                or LineSearchOutcome.MaxBacktracks, optimizer.LastStep.ToString());
        }
    }

    [Theory, MemberData(nameof(All))]
    public void A_cliff_is_not_climbed(string variant)
    {
        // Slides towards 1, where the value jumps up by 1000.
        using var scope = NewDisposeScope();
        var x = TestFunction.At([0]);
        var optimizer = Variants[variant]([x]);
        for (var k = 0; k < 30; k++)
        {
            optimizer.step(() => (x.ToDouble() >= 1 ? 1e6 : 0) - x.sum());
            Assert.True(Values(x)[0] < 1);
        }
        Assert.True(Values(x)[0] > 0.3);
    }

    [Theory, MemberData(nameof(All))]
    public void On_a_plateau_nothing_moves(string variant)
    {
        using var scope = NewDisposeScope();
        var x = TestFunction.At([-0.0]);
        var before = Bits(x);
        var optimizer = Variants[variant]([x]);
        optimizer.step(() => (0 * x).sum() + 3);
        Assert.Equal((LineSearchOutcome.Converged, 1, 0.0),
            (optimizer.LastStep!.Outcome, optimizer.LastStep.Evaluations, optimizer.LastStep.LargestGradient));
        Assert.Equal(before, Bits(x));
    }

    [Theory, MemberData(nameof(All))]
    public void A_step_that_is_refused_leaves_every_bit(string variant)
    {
        // Every evaluation is worse than the one before: no step size can be accepted.
        using var scope = NewDisposeScope();
        var (x, y) = (TestFunction.At([0.1, -0.0, 1e-310]), TestFunction.At([3]));
        var (before, beside) = (Bits(x), Bits(y));
        var optimizer = Variants[variant]([x, y]);
        var calls = 0;
        optimizer.step(() => x.sum() + y.sum() + 1e6 * calls++);
        var step = optimizer.LastStep!;
        Assert.True(step.Outcome is LineSearchOutcome.MaxBacktracks or LineSearchOutcome.MinStep or LineSearchOutcome.Stalled
            || (step.Outcome == LineSearchOutcome.Refused && optimizer is TrustRegionNewton), step.ToString());
        Assert.Equal((false, 0.0, step.Before), (step.Moved, step.Step, step.After));
        Assert.Equal((calls, calls), (step.Evaluations, 1 + step.Trials));
        Assert.Equal(before, Bits(x));
        Assert.Equal(beside, Bits(y));
    }

    [Theory]
    [InlineData(double.NaN), InlineData(double.PositiveInfinity), InlineData(double.NegativeInfinity)]
    public void A_loss_that_is_not_finite_at_the_start_ends_the_step(double bad)
    {
        foreach (var (_, make) in Variants)
        {
            using var scope = NewDisposeScope();
            var x = TestFunction.At([1]);
            var optimizer = make([x]);
            optimizer.step(() => x.sum() + bad);
            Assert.Equal((LineSearchOutcome.NonFiniteLoss, 1, false),
                (optimizer.LastStep!.Outcome, optimizer.LastStep.Evaluations, optimizer.LastStep.Moved));
            Assert.Equal([1], Values(x));
        }
    }

    [Theory, MemberData(nameof(All))]
    public void A_gradient_that_is_not_finite_ends_the_step(string variant)
    {
        // √x is finite at 0, its slope is not.
        using var scope = NewDisposeScope();
        var x = TestFunction.At([0, 1]);
        var optimizer = Variants[variant]([x]);
        optimizer.step(() => x.sqrt().sum());
        Assert.Equal(LineSearchOutcome.NonFiniteGradient, optimizer.LastStep!.Outcome);
        Assert.Equal([0, 1], Values(x));
    }

    [Fact]
    public void Without_any_learning_rate_there_is_no_descent()
    {
        using var scope = NewDisposeScope();
        var x = TestFunction.At([1]);
        var optimizer = optim.ArmijoGD([x], lr: 0);
        optimizer.step(() => x.square().sum());
        Assert.Equal(LineSearchOutcome.NoDescent, optimizer.LastStep!.Outcome);
    }

    [Theory, MemberData(nameof(All))]
    public void A_loss_that_throws_on_the_third_evaluation_leaves_every_bit(string variant)
    {
        using var scope = NewDisposeScope();
        var (x, y) = (TestFunction.At([0.1, -0.0, 1e-310]), TestFunction.At([3]));
        var (before, beside) = (Bits(x), Bits(y));
        var optimizer = Variants[variant]([x, y]);
        var calls = 0;
        var failure = new TimeoutException("on the third");
        var thrown = Assert.Throws<TimeoutException>(
            () => optimizer.step(() => ++calls == 3 ? throw failure : x.sum() + y.sum() + 1e6 * calls));
        Assert.Same(failure, thrown);
        Assert.Equal(before, Bits(x));
        Assert.Equal(beside, Bits(y));
        Assert.Null(optimizer.LastStep);
        Assert.True(is_grad_enabled());
        optimizer.step(() => x.square().sum() + y.square().sum());
        Assert.True(optimizer.LastStep!.Moved);
    }

    [Theory, MemberData(nameof(All))]
    public void Dropout_draws_the_same_mask_in_every_evaluation_of_a_step_and_another_in_the_next(string variant)
    {
        using var scope = NewDisposeScope();
        manual_seed(3);
        var x = TestFunction.At([.. Enumerable.Repeat(1.0, 40)]);
        var optimizer = Variants[variant]([x]);
        HashSet<string> masks = [], all = [];
        for (var k = 0; k < 3; k++)
        {
            masks.Clear();
            var target = 3.0 * k;
            optimizer.step(() =>
            {
                var mask = nn.functional.dropout(ones_like(x), 0.5);
                masks.Add(string.Join(' ', Values(mask)));
                return 5 * (mask * (x - target).square()).sum();
            });
            Assert.Single(masks);
            Assert.True(optimizer.LastStep!.Trials > 0);
            all.UnionWith(masks);
        }
        Assert.Equal(3, all.Count);
    }

    [Theory, MemberData(nameof(All))]
    public void The_random_numbers_after_a_step_are_those_after_one_evaluation(string variant)
    {
        using var scope = NewDisposeScope();
        manual_seed(5);
        _ = rand(7);
        var expected = rand(3).data<float>().ToArray();
        manual_seed(5);
        var x = TestFunction.At([1, 2]);
        Variants[variant]([x]).step(() => rand(7).sum() + 30 * x.square().sum());
        Assert.Equal(expected, rand(3).data<float>().ToArray());
    }

    [Theory, MemberData(nameof(All))]
    public void A_closure_that_forgets_gradients_or_runs_backward_itself_is_told_so(string variant)
    {
        using var scope = NewDisposeScope();
        var x = TestFunction.At([1]);
        var optimizer = Variants[variant]([x]);
        Assert.Contains("does not require gradients", Fails(() => x.detach().sum()));
        Assert.Contains("does not require gradients", Fails(() =>
        {
            using var quiet = no_grad();
            return x.sum();
        }));
        Assert.Contains("called backward()", Fails(() =>
        {
            var loss = x.square().sum();
            loss.backward();
            return loss;
        }));
        Assert.Contains("called backward()", Fails(() =>
        {
            optimizer.zero_grad();
            var loss = x.square().sum();
            loss.backward();
            optimizer.zero_grad();
            return loss;
        }));
        Assert.Contains("one element", Fails(() => x.expand(3)));
        Assert.Contains("one element", Fails(() => x.to_type(ScalarType.Int64)));
        Assert.Contains("none of the parameters", Fails(() => TestFunction.At([2]).sum()));
        Assert.Contains("step(closure)", Assert.Throws<InvalidOperationException>(() => optimizer.step()).Message);
        Assert.Equal([1], Values(x));

        string Fails(Func<Tensor> closure) => Assert.Throws<InvalidOperationException>(() => optimizer.step(closure)).Message;
    }

    [Theory, MemberData(nameof(All))]
    public void A_closure_may_zero_the_gradients(string variant)
    {
        using var scope = NewDisposeScope();
        var (x, y) = (TestFunction.At([-1.2, 1]), TestFunction.At([-1.2, 1]));
        var (one, other) = (Variants[variant]([x]), Variants[variant]([y]));
        for (var k = 0; k < 5; k++)
        {
            one.step(() =>
            {
                one.zero_grad();
                return Functions.Rosenbrock.Value(x);
            });
            other.step(Closure(Functions.Rosenbrock, y));
            Assert.Equal(Bits(y), Bits(x));
        }
    }

    [Theory, MemberData(nameof(All))]
    public void What_the_loss_does_not_depend_on_stays(string variant)
    {
        using var scope = NewDisposeScope();
        var (x, idle, @fixed) = (TestFunction.At([1]), TestFunction.At([5]), new Parameter(tensor([2.0]), requires_grad: false));
        var optimizer = Variants[variant]([idle, x, @fixed]);
        for (var k = 0; k < 3; k++) optimizer.step(() => (x * @fixed).square().sum());
        Assert.Equal((5.0, 2.0), (Values(idle)[0], Values(@fixed)[0]));
        Assert.True(Math.Abs(Values(x)[0]) < 1);
    }

    [Theory]
    [InlineData("GD", 1), InlineData("GD", 1_000_000), InlineData("Newton", 1), InlineData("Newton", 1_000_000)]
    public void One_element_and_a_million(string variant, int elements)
    {
        foreach (var dtype in new[] { ScalarType.Float32, ScalarType.Float64 })
        {
            using var scope = NewDisposeScope();
            var x = new Parameter(full(elements, 2, dtype: dtype));
            var optimizer = Variants[variant]([x]);
            for (var k = 0; k < 3; k++) optimizer.step(() => 0.4 * (x - 1).square().sum());
            var expected = variant == "Newton" ? 1 : 1 + Math.Pow(0.2, 3);
            Assert.True((x - expected).abs().max().ToDouble() < 1e-6);
        }
    }

    [Theory, MemberData(nameof(All))]
    public void Strided_and_half_precision_parameters_move_too(string variant)
    {
        using var scope = NewDisposeScope();
        var strided = new Parameter(full(3, 4, 2.0, dtype: ScalarType.Float64).t());
        var half = new Parameter(full(5, 2.0, dtype: ScalarType.BFloat16));
        var optimizer = Variants[variant]([strided, half]);
        for (var k = 0; k < 20; k++)
            optimizer.step(() => (strided - 1).square().sum() + (half.to_type(ScalarType.Float64) - 1).square().sum());
        Assert.False(strided.is_contiguous());
        var near = variant.EndsWith("decay", StringComparison.Ordinal) ? 0.2 : 0.05;
        Assert.True((strided - 1).abs().max().ToDouble() < near
            && (half.to_type(ScalarType.Float64) - 1).abs().max().ToDouble() < near, optimizer.LastStep!.ToString());
    }

    [Theory, MemberData(nameof(All))]
    public void Parameters_without_elements_alone_have_converged(string variant)
    {
        using var scope = NewDisposeScope();
        var x = new Parameter(zeros(0, dtype: ScalarType.Float64));
        var result = Variants[variant]([x]).minimize(() => x.sum());
        Assert.Equal((LineSearchOutcome.Converged, 0), (result.Outcome, result.Steps));
    }

    // The value and slope of x − ⌊x⌋ are the same to the bit a period further.
    [Theory, MemberData(nameof(All))]
    public void A_periodic_loss_is_not_taken_for_one_of_another_time(string variant)
    {
        using var scope = NewDisposeScope();
        var x = TestFunction.At([0.5]);
        var optimizer = Variants[variant]([x]);
        optimizer.step(() => x.frac().sum());
        Assert.True(optimizer.LastStep!.Moved, optimizer.LastStep.ToString());
    }

    [Theory]
    [InlineData("Newton"), InlineData("Newton, b = 0"), InlineData("Trust region"), InlineData("Trust region, CG")]
    public void Where_no_step_is_allowed_none_is_made(string variant)
    {
        using var scope = NewDisposeScope();
        var (x, y) = (TestFunction.At([0, 0]), TestFunction.At([0, 0]));
        var saddle = Variants[variant]([x]).minimize(() => x[0].square() - x[1].square() + x[1].pow(4), 0);
        Assert.Equal((0, 1), (saddle.Steps, saddle.Evaluations));
        Assert.Equal([0, 0], Values(x));
        if (!variant.EndsWith("CG")) Assert.Equal(LineSearchOutcome.Accepted, saddle.Outcome);
        Assert.True(Variants[variant]([y]).minimize(() => y.square().sum(), 0).Converged);
    }

    [Theory, MemberData(nameof(All))]
    public void A_gradient_that_fails_where_a_step_ended_leaves_every_bit(string variant)
    {
        using var scope = NewDisposeScope();
        var x = TestFunction.At([0.1, -0.3]);
        var before = Bits(x);
        var optimizer = Variants[variant]([x]);
        optimizer.Reduction = _ =>
        {
            if (!Bits(x).SequenceEqual(before)) throw new TimeoutException("elsewhere");
        };
        Assert.Throws<TimeoutException>(() => optimizer.minimize(() => x.square().sum() + x.exp().sum()));
        Assert.Equal(before, Bits(x));
    }

    [Fact]
    public void After_disposal_a_step_fails()
    {
        var x = TestFunction.At([1]);
        foreach (var (_, make) in Variants)
        {
            var optimizer = make([x]);
            optimizer.Dispose();
            optimizer.Dispose();
            Assert.Throws<ObjectDisposedException>(() => optimizer.step(() => x.sum()));
        }
    }

    [Fact]
    public void Each_step_logs_one_debug_line()
    {
        using var scope = NewDisposeScope();
        var x = TestFunction.At([1]);
        var log = new Recorder();
        var optimizer = optim.ArmijoGD([x], logger: log);
        optimizer.step(() => x.square().sum());
        optimizer.step(() => x.square().sum());
        Assert.Equal(2, log.Lines.Count);
        Assert.StartsWith("ArmijoGD: Accepted, step 0.5, F 1 -> 0", log.Lines[0]);
    }

    private sealed class Recorder : ILogger
    {
        public List<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter)
        {
            Assert.Equal(LogLevel.Debug, logLevel);
            Lines.Add(formatter(state, exception));
        }
    }
}
