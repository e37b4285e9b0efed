using TorchOptimExt.LineSearch;
using TorchOptimExt.Tests.TestFunctions;
using static TorchOptimExt.Tests.LineSearch.Objectives;
using static TorchSharp.torch;

namespace TorchOptimExt.Tests.LineSearch;

/// <summary>Units of values and parameters, and learning rates that differ, are no matter of success.</summary>
public class UnitTests
{
    [Theory]
    [InlineData("L-BFGS", 1, 0.1), InlineData("L-BFGS", 1, 0.01), InlineData("L-BFGS", 0.01, 1)]
    [InlineData("Newton", 1, 0.1), InlineData("Newton", 1, 0.01), InlineData("Newton", 0.01, 1), InlineData("Newton", 1, 100)]
    [InlineData("Newton-CG", 1, 0.1)]
    public void Learning_rates_that_differ_do_not_cost_a_direction_its_descent(string method, double first, double second)
    {
        using var scope = NewDisposeScope();
        var (x, y) = (TestFunction.At([-1.2]), TestFunction.At([1]));
        LineSearchOptimizer optimizer = method switch
        {
            "L-BFGS" => optim.WolfeLBFGS([new WolfeLBFGS.ParamGroup([x], new() { lr = first }), new([y], new() { lr = second })]),
            _ => optim.ArmijoNewton([new ArmijoNewton.ParamGroup([x], new() { lr = first }), new([y], new() { lr = second })],
                max_exact: method == "Newton" ? 512 : 0),
        };
        var result = optimizer.minimize(() => Functions.Rosenbrock.Value(cat([x, y])), 300);
        Assert.True(result.Converged && result.Value < 1e-12 && result.Evaluations <= 100, result.ToString());
    }

    [Theory]
    [InlineData(1e30, 1), InlineData(1, 1e4), InlineData(1e20, 1e-3), InlineData(1, 1e10), InlineData(1, 1e12)]
    public void A_quasi_Newton_method_searches_in_units_of_its_first_trial(double values, double parameters)
    {
        using var scope = NewDisposeScope();
        var x = TestFunction.At([-1.2 / parameters, 1 / parameters]);
        var result = optim.WolfeLBFGS([x]).minimize(() => values * Functions.Rosenbrock.Value(parameters * x), 300);
        Assert.True(result.Outcome is LineSearchOutcome.Converged or LineSearchOutcome.Stalled, result.ToString());
        Assert.All(Values(x), v => Assert.Equal(1, v * parameters, 1e-6));
    }

    // The last steps change parameters by their last bit, and what is computed from them not at all.
    [Fact]
    public void A_descent_that_ends_at_the_resolution_of_the_parameters_is_not_taken_for_a_loss_that_does_not_change()
    {
        using var scope = NewDisposeScope();
        var weights = pow(tensor(1e3), linspace(0, 1, 500, dtype: ScalarType.Float64));
        var x = new TorchSharp.Modules.Parameter(full(500, 1e-10, dtype: ScalarType.Float64));
        var result = optim.WolfeLBFGS([x]).minimize(() => ((1e10 * x - 2).square() * weights).sum(), 2_000);
        Assert.True(result.Value <= 1e-24, result.ToString());
    }

    [Theory]
    [InlineData(LineSearchKind.StrongWolfe), InlineData(LineSearchKind.Armijo)]
    public void A_slope_beyond_all_numbers_is_no_descent(LineSearchKind search)
    {
        using var scope = NewDisposeScope();
        var x = TestFunction.At([-1.2, 1]);
        var before = Bits(x);
        var optimizer = optim.WolfeLBFGS([x], line_search: search);
        optimizer.step(() => 1e200 * Functions.Rosenbrock.Value(x));
        Assert.Equal(LineSearchOutcome.NoDescent, optimizer.LastStep!.Outcome);
        Assert.Equal(before, Bits(x));
    }

    // x + 10¹⁰·x⁴ looks straight from 0: the first radius is 10¹⁰, that of the minimum 3e-4.
    [Fact]
    public void A_trust_region_whose_radius_is_far_too_large_goes_on()
    {
        using var scope = NewDisposeScope();
        var x = TestFunction.At([0]);
        var result = optim.TrustRegionNewton([x]).minimize(() => (x + 1e-12 * x.square() + 1e10 * x.pow(4)).sum(), 100);
        Assert.True(result.Converged, result.ToString());
        Assert.Equal(-Math.Pow(0.25e-10, 1.0 / 3), Values(x)[0], 1e-12);
    }

    [Fact]
    public void Where_a_loss_has_no_lower_bound_nothing_converges()
    {
        foreach (var (name, make) in Variants.Where(variant => !variant.Key.Contains("weight decay")))
        {
            using var scope = NewDisposeScope();
            var x = TestFunction.At([0.3, -0.7]);
            var result = make([x]).minimize(() => x[0] + 2 * x[1], 20);
            Assert.True(!result.Converged && result.Value < -10, $"{name}: {result}");
        }
    }

    // By its values the whole ray is level: only slopes tell where its minimum is.
    [Fact]
    public void Where_values_are_the_same_to_the_bit_slopes_show_the_way()
    {
        var found = new StrongWolfeSearch(c2: 0.1).Search(a => 1 + 1e-24 * (a - 1000) * (a - 1000), a => 2e-24 * (a - 1000), 1, -2e-21);
        Assert.Equal(LineSearchOutcome.Accepted, found.Outcome);
        Assert.Equal(1000, found.Step, 100.0);
    }
}
