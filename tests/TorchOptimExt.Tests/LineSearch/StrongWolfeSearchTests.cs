using TorchOptimExt.LineSearch;

namespace TorchOptimExt.Tests.LineSearch;

/// <summary>The strong Wolfe search by itself, on functions of one number.</summary>
public class StrongWolfeSearchTests
{
    // J. J. Moré and D. J. Thuente, "Line Search Algorithms with Guaranteed Sufficient Decrease", 1994, section 5, with their tolerances. The
    // second is shifted by 0.1, not 0.004, with which float64 values cannot tell the points that meet the conditions.
    private static readonly Dictionary<string, (Func<double, double> value, Func<double, double> slope, double c1, double c2)> Functions =
        new()
        {
            ["concave, then convex"] = (a => -a / (a * a + 2), a => (a * a - 2) / ((a * a + 2) * (a * a + 2)), 1e-3, 0.1),
            ["of degree five"] = (a => Math.Pow(a + 0.1, 5) - 2 * Math.Pow(a + 0.1, 4),
                a => 5 * Math.Pow(a + 0.1, 4) - 8 * Math.Pow(a + 0.1, 3), 0.1, 0.1 + 1e-9),
            ["oscillating"] = (a => Kinked(a) + 2 * 0.99 / (39 * Math.PI) * Math.Sin(39 * Math.PI / 2 * a),
                a => KinkedSlope(a) + 0.99 * Math.Cos(39 * Math.PI / 2 * a), 0.1, 0.1 + 1e-9),
            ["steep beside flat"] = (a => Yanai(a, 0.001, 0.001), a => YanaiSlope(a, 0.001, 0.001), 1e-3, 1e-3 + 1e-9),
            ["steep, then flat"] = (a => Yanai(a, 0.01, 0.001), a => YanaiSlope(a, 0.01, 0.001), 1e-3, 1e-3 + 1e-9),
        };

    public static TheoryData<string, double> Cases
    {
        get
        {
            var cases = new TheoryData<string, double>();
            foreach (var function in Functions.Keys)
                foreach (var first in new[] { 1e-3, 1e-1, 1e1, 1e3 }) cases.Add(function, first);
            return cases;
        }
    }

    [Theory, MemberData(nameof(Cases))]
    public void An_accepted_step_meets_both_conditions(string name, double first)
    {
        var (value, slope, c1, c2) = Functions[name];
        var (origin, down) = (value(0), slope(0));
        var found = new StrongWolfeSearch(c1, c2, max_trials: 60).Search(value, slope, origin, down, first);
        Assert.Equal(LineSearchOutcome.Accepted, found.Outcome);
        Assert.Equal(value(found.Step), found.Value);
        Assert.True(found.Value <= origin + c1 * found.Step * down, found.ToString());
        Assert.True(Math.Abs(slope(found.Step)) <= -c2 * down, found.ToString());
    }

    [Fact]
    public void The_slope_is_asked_for_only_where_the_value_falls_enough()
    {
        var (value, slope, _, _) = Functions["oscillating"];
        var (values, slopes) = (new List<double>(), new List<double>());
        var found = new StrongWolfeSearch(0.1, 0.11).Search(a =>
        {
            values.Add(a);
            return value(a);
        }, a =>
        {
            slopes.Add(a);
            return slope(a);
        }, value(0), slope(0), 10);
        Assert.Equal((values.Count, slopes.Count), (found.Trials, found.Slopes));
        Assert.True(slopes.Count < values.Count);
        Assert.All(slopes, a => Assert.True(value(a) <= value(0) + 0.1 * a * slope(0)));
        Assert.Equal(values.Min(), found.Smallest);
    }

    [Fact]
    public void A_quadratic_is_minimized_by_the_second_trial()
    {
        // Going forward: both slopes are known, and the cubic through them is the parabola. Going back: one value is enough for it.
        foreach (var first in new[] { 1.0, 10.0 })
        {
            var found = new StrongWolfeSearch(c2: 0.01).Search(a => (a - 4) * (a - 4), a => 2 * (a - 4), 16, -8, first);
            Assert.Equal((LineSearchOutcome.Accepted, 2), (found.Outcome, found.Trials));
            Assert.Equal(4, found.Step, 1e-12);
        }
    }

    [Theory, InlineData(double.NaN), InlineData(double.PositiveInfinity), InlineData(double.NegativeInfinity)]
    public void What_is_not_finite_bounds_the_search(double bad)
    {
        var found = new StrongWolfeSearch(c2: 0.5).Search(a => a > 0.7 ? bad : -Math.Log(1 + a), a => -1 / (1 + a) + (a > 0.6 ? 5 : 0), 0, -1);
        Assert.True(found.Step is > 0 and <= 0.7 && found.Value < 0, found.ToString());
        var slopes = new StrongWolfeSearch(c2: 0.5).Search(a => -a, a => bad, 0, -1);
        Assert.False(slopes.Outcome == LineSearchOutcome.Accepted, slopes.ToString());
    }

    [Fact]
    public void Every_end_has_its_reason()
    {
        var search = new StrongWolfeSearch(max_trials: 4, max_step: 1e3);
        Assert.Equal(LineSearchOutcome.NonFiniteLoss, search.Search(a => a, a => 1, double.NaN, -1).Outcome);
        Assert.Equal(LineSearchOutcome.NoDescent, search.Search(a => a, a => 1, 0, 0).Outcome);
        Assert.Equal(LineSearchOutcome.NoDescent, search.Search(a => a, a => 1, 0, double.NegativeInfinity).Outcome);
        Assert.Equal(new(LineSearchOutcome.MaxBacktracks, 0, 0, 4, 0, search.Search(a => 1 + a, a => 1, 0, -1).Smallest),
            search.Search(a => 1 + a, a => 1, 0, -1));
        Assert.Equal(LineSearchOutcome.MinStep, new StrongWolfeSearch(min_step: 0.5).Search(a => 1 + a, a => 1, 0, -1).Outcome);
        // A function that falls without end: the best of the trials.
        var falling = search.Search(a => -a, a => -1, 0, -1);
        Assert.Equal((LineSearchOutcome.Accepted, -falling.Step), (falling.Outcome, falling.Value));
    }

    [Theory]
    [InlineData("c1", 0, 0.9, 25, 1e-20, 1e20), InlineData("c2", 1e-4, 1, 25, 1e-20, 1e20), InlineData("c1", 0.5, 0.4, 25, 1e-20, 1e20)]
    [InlineData("max_trials", 1e-4, 0.9, 0, 1e-20, 1e20), InlineData("min_step", 1e-4, 0.9, 25, 0, 1e20)]
    [InlineData("max_step", 1e-4, 0.9, 25, 1, 0.5), InlineData("c2", 1e-4, double.NaN, 25, 1e-20, 1e20)]
    public void A_setting_out_of_its_range_is_named(string name, double c1, double c2, int trials, double least, double most) =>
        Assert.Throws<ArgumentOutOfRangeException>(name, () => new StrongWolfeSearch(c1, c2, trials, least, most));

    private static double Kinked(double a) => a <= 0.99 ? 1 - a : a >= 1.01 ? a - 1 : ((a - 1) * (a - 1) / 0.01 + 0.01) / 2;

    private static double KinkedSlope(double a) => a <= 0.99 ? -1 : a >= 1.01 ? 1 : (a - 1) / 0.01;

    private static double Gamma(double b) => Math.Sqrt(1 + b * b) - b;

    private static double Yanai(double a, double b1, double b2) =>
        Gamma(b1) * Math.Sqrt((1 - a) * (1 - a) + b2 * b2) + Gamma(b2) * Math.Sqrt(a * a + b1 * b1);

    private static double YanaiSlope(double a, double b1, double b2) =>
        -Gamma(b1) * (1 - a) / Math.Sqrt((1 - a) * (1 - a) + b2 * b2) + Gamma(b2) * a / Math.Sqrt(a * a + b1 * b1);
}
