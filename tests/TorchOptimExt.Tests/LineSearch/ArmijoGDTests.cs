using TorchOptimExt.LineSearch;
using TorchOptimExt.Tests.TestFunctions;
using static TorchOptimExt.Tests.LineSearch.Objectives;
using static TorchSharp.torch;

namespace TorchOptimExt.Tests.LineSearch;

public class ArmijoGDTests
{
    // On ½xᵀAx the condition along −g reads α ≤ 2(1 − c)·gᵀg / gᵀAg.
    [Theory]
    [InlineData(1.0, 1e-4, 0.5), InlineData(3.0, 1e-4, 0.5), InlineData(3.0, 0.4, 0.8), InlineData(100.0, 0.1, 0.3),
        InlineData(0.1, 0.9, 0.9)]
    public void On_a_quadratic_the_accepted_step_is_the_first_that_the_closed_form_allows(double scale, double c, double beta)
    {
        using var scope = NewDisposeScope();
        double[] curvatures = [scale, 2 * scale, 5 * scale], start = [1, -2, 0.5];
        var gradient = curvatures.Zip(start, (a, x) => a * x).ToArray();
        var limit = 2 * (1 - c) * gradient.Sum(g => g * g) / curvatures.Zip(gradient, (a, g) => a * g * g).Sum();
        var expected = 1.0;
        var trials = 1;
        for (; expected > limit; trials++) expected *= beta;

        var x = TestFunction.At(start);
        var optimizer = optim.ArmijoGD([x], c: c, beta: beta, max_backtracks: 100);
        optimizer.step(() => 0.5 * (tensor(curvatures) * x.square()).sum());
        Assert.Equal(expected, optimizer.LastStep!.Step);
        Assert.Equal(trials, optimizer.LastStep.Trials);
        Assert.Equal(-gradient.Sum(g => g * g), optimizer.LastStep.Slope, 1e-12 * gradient.Sum(g => g * g));
        Assert.Equal(start.Zip(gradient, (s, g) => s - expected * g), Values(x), (a, b) => Math.Abs(a - b) < 1e-14 * scale);
    }

    // Nocedal and Wright, exercise 3.1: steepest descent from both starts with α₀ = 1, here beside a search in plain numbers.
    [Theory, InlineData(-1.2, 1.0), InlineData(1.2, 1.2)]
    public void On_Rosenbrock_the_steps_are_those_of_a_search_in_plain_numbers(double x0, double y0)
    {
        using var scope = NewDisposeScope();
        var p = TestFunction.At([x0, y0]);
        var optimizer = optim.ArmijoGD([p]);
        for (var k = 0; k < 30; k++)
        {
            var (x, y) = (Values(p)[0], Values(p)[1]);
            var (gx, gy) = (-400 * x * (y - x * x) - 2 * (1 - x), 200 * (y - x * x));
            var alpha = 1.0;
            while (F(x - alpha * gx, y - alpha * gy) > F(x, y) - 1e-4 * alpha * (gx * gx + gy * gy)) alpha /= 2;
            optimizer.step(Closure(Functions.Rosenbrock, p));
            Assert.Equal(alpha, optimizer.LastStep!.Step);
            Assert.Equal(x - alpha * gx, Values(p)[0], 1e-12);
            Assert.Equal(y - alpha * gy, Values(p)[1], 1e-12);
        }

        static double F(double x, double y) => 100 * (y - x * x) * (y - x * x) + (1 - x) * (1 - x);
    }

    [Fact]
    public void The_first_trial_restarts_is_kept_or_grows_up_to_max_step()
    {
        // ½·3x²: 1 is refused, 0.5 accepted.
        Assert.Equal([2, 2, 2], Trials(FirstTrial.Restart, 3));
        // Keep grows after a step that was accepted at once.
        Assert.Equal([2, 1, 2], Trials(FirstTrial.Keep, 3));
        Assert.Equal([2, 2, 2], Trials(FirstTrial.Grow, 3));
        // ½·0.1x²: every step size up to 19.998 is accepted.
        Assert.Equal([1, 2, 4, 5], Steps(FirstTrial.Grow, 0.1, 4));

        static int[] Trials(FirstTrial first, double a) => [.. Run(first, a, 3).Select(s => s.Trials)];
        static double[] Steps(FirstTrial first, double a, int steps) => [.. Run(first, a, steps).Select(s => s.Step)];
        static IEnumerable<LineSearchStep> Run(FirstTrial first, double a, int steps)
        {
            var x = TestFunction.At([1]);
            var optimizer = optim.ArmijoGD([x], first_trial: first, max_step: 5);
            for (var k = 0; k < steps; k++)
            {
                optimizer.step(() => 0.5 * a * x.square().sum());
                yield return optimizer.LastStep!;
            }
        }
    }

    [Fact]
    public void A_nonmonotone_search_measures_from_the_largest_of_the_last_values()
    {
        using var scope = NewDisposeScope();
        var x = TestFunction.At([-1.2, 1]);
        var optimizer = optim.ArmijoGD([x], lr: 0.01, history: 4, first_trial: FirstTrial.Grow);
        List<double> values = [];
        var rises = 0;
        for (var k = 0; k < 60; k++)
        {
            optimizer.step(Closure(Functions.Rosenbrock, x));
            values.Add(optimizer.LastStep!.Before);
            Assert.Equal(values.TakeLast(4).Max(), optimizer.LastStep.Reference);
            if (optimizer.LastStep.After > optimizer.LastStep.Before) rises++;
        }
        Assert.True(rises > 0);
    }

    [Fact]
    public void Momentum_adds_the_previous_direction()
    {
        using var scope = NewDisposeScope();
        double[] a = [1, 4];
        double[] x = [1, 1], previous = [0, 0];
        var p = TestFunction.At(x);
        var optimizer = optim.ArmijoGD([p], lr: 0.1, momentum: 0.5);
        for (var k = 0; k < 5; k++)
        {
            optimizer.step(() => 0.5 * (tensor(a) * p.square()).sum());
            Assert.Equal(1, optimizer.LastStep!.Step);
            Assert.Equal(DirectionKind.Momentum, optimizer.LastStep.Direction);
            for (var i = 0; i < 2; i++)
            {
                previous[i] = a[i] * x[i] + 0.5 * previous[i];
                x[i] -= 0.1 * previous[i];
            }
            Assert.Equal(x, Values(p), (u, v) => Math.Abs(u - v) < 1e-14);
        }
    }

    [Fact]
    public void Where_momentum_does_not_descend_the_gradient_alone_is_used()
    {
        using var scope = NewDisposeScope();
        var x = TestFunction.At([1]);
        var optimizer = optim.ArmijoGD([x], momentum: 0.9, max_step: 1);
        optimizer.step(() => 10 * x.sum());         // previous = 10, x = −9
        optimizer.step(() => -x.sum());             // g = −1, and −1 + 9 > 0 ascends
        Assert.Equal(DirectionKind.NegativeGradient, optimizer.LastStep!.Direction);
        Assert.Equal([-8], Values(x));
    }

    [Fact]
    public void Each_group_has_its_own_length_of_the_direction()
    {
        using var scope = NewDisposeScope();
        var (x, y, z) = (TestFunction.At([1]), TestFunction.At([1]), TestFunction.At([1]));
        var optimizer = optim.ArmijoGD(
            [new ArmijoGD.ParamGroup([x]), new([y], new() { LearningRate = 0.25 }), new([z], new() { LearningRate = 0 })], lr: 0.5,
            first_trial: FirstTrial.Grow);
        optimizer.step(() => 0.5 * (x.square() + y.square() + z.square()).sum());
        Assert.Equal((0.5, 0.75, 1.0), (Values(x)[0], Values(y)[0], Values(z)[0]));
        Assert.Equal(-0.75, optimizer.LastStep!.Slope);
    }

    [Fact]
    public void Decay_and_maximize_are_part_of_what_is_searched()
    {
        using var scope = NewDisposeScope();
        var (x, y) = (TestFunction.At([0.3, -0.2]), TestFunction.At([0.3, -0.2]));
        var one = optim.ArmijoGD([x], weight_decay: 0.7, maximize: true);
        var other = optim.ArmijoGD([y]);
        for (var k = 0; k < 20; k++)
        {
            one.step(() => -Functions.Beale.Value(x));
            other.step(() => Functions.Beale.Value(y) + 0.35 * y.square().sum());
            Assert.Equal(Values(y), Values(x), (a, b) => Math.Abs(a - b) < 1e-12);
            Assert.Equal(other.LastStep!.After, one.LastStep!.After, 1e-12);
        }
    }

    [Fact]
    public void A_schedule_and_a_change_of_momentum_reach_the_groups()
    {
        var x = TestFunction.At([1]);
        using var optimizer = optim.ArmijoGD([x], lr: 0.5, momentum: 0.9);
        var schedule = optim.lr_scheduler.OneCycleLR(optimizer, max_lr: 1, total_steps: 10);
        var group = (ArmijoGD.ParamGroup)optimizer.ParamGroups.Single();
        var rate = group.LearningRate;
        var momentum = group.Momentum;
        Assert.NotEqual(0.5, rate);
        Assert.Equal(0.95, momentum);       // OneCycleLR's max_momentum
        optimizer.step(() => x.square().sum()).Dispose();
        schedule.step();
        Assert.True(group.LearningRate > rate);
        Assert.True(group.Momentum < momentum);
        Assert.Equal(group.Momentum, group.Options.momentum);
        Assert.Throws<ArgumentOutOfRangeException>(() => optimizer.Momentum = -0.1);
    }

    [Theory]
    [InlineData("lr", -1.0), InlineData("c", 0.0), InlineData("c", 1.0), InlineData("beta", 1.0), InlineData("growth", 1.0),
        InlineData("max_step", 0.0), InlineData("min_step", 11.0), InlineData("momentum", 1.0),
     InlineData("weight_decay", -0.1), InlineData("tolerance_grad", double.NaN), InlineData("tolerance_change", -1.0),
         InlineData("history", 0.0), InlineData("interpolation", 3.0), InlineData("first_trial", -1.0), InlineData("max_backtracks", -1.0)]
    public void What_is_out_of_range_is_refused_by_name(string name, double value)
    {
        double Given(string argument, double otherwise) => argument == name ? value : otherwise;
        double? Open(string argument) => argument == name ? value : null;
        var p = TestFunction.At([1]);
        var error = Assert.Throws<ArgumentOutOfRangeException>(
            () => optim.ArmijoGD([p], Given("lr", 1), Given("c", 0.1), Given("beta", 0.5), (int)Given("max_backtracks", 30),
            Given("min_step", 1e-12), (Interpolation)Given("interpolation", 0),
            (FirstTrial)Given("first_trial", 0), Given("growth", 2), Given("max_step", 10), (int)Given("history", 1), Given("momentum", 0),
                Given("weight_decay", 0), false, Open("tolerance_grad"), Open("tolerance_change")));
        Assert.Equal(name, error.ParamName);
        Assert.Contains(value.ToString(System.Globalization.CultureInfo.InvariantCulture), error.Message);
    }

    [Fact]
    public void Named_parameters_appear_in_messages()
    {
        var layer = nn.Linear(2, 1);
        using var optimizer = optim.ArmijoGD(layer.named_parameters());
        using var scope = NewDisposeScope();
        var error = Assert.Throws<InvalidOperationException>(() => optimizer.step(() => (layer.weight.sum() + layer.bias!.sum()).detach()));
        Assert.StartsWith("ArmijoGD: ", error.Message);
        optimizer.step(() => layer.forward(ones(3, 2)).square().sum());
        Assert.True(optimizer.LastStep!.Moved);
        var twice = Assert.Throws<ArgumentException>(() => optimizer.add_param_group(new ArmijoGD.ParamGroup([layer.bias!])));
        Assert.Contains("parameter 'bias' is given twice", twice.Message);
    }
}
