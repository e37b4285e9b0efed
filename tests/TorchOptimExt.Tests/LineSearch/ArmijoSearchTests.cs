using TorchOptimExt.LineSearch;

namespace TorchOptimExt.Tests.LineSearch;

public class ArmijoSearchTests
{
    [Fact]
    public void Halves_until_the_decrease_suffices()
    {
        // φ(α) = (α − 1)²: φ(0) = 1, φ′(0) = −2. Accepted: α² − 2α ≤ −2cα, so α ≤ 2(1 − c).
        List<double> tried = [];
        var result = new ArmijoSearch(c: 0.25).Search(Record(tried, a => (a - 1) * (a - 1)), 1, -2, first: 6);
        Assert.Equal([6, 3, 1.5], tried);
        Assert.Equal(new(LineSearchOutcome.Accepted, 1.5, 0.25, 3, Smallest: 1.5), result);
    }

    [Fact]
    public void Quadratic_interpolation_finds_the_minimizer_of_the_parabola()
    {
        // φ(α) = 3α² − 2α + 5 has its minimizer at 1/3, which lies in [0.1, 0.5].
        List<double> tried = [];
        var result = new ArmijoSearch(interpolation: Interpolation.Quadratic).Search(Record(tried, a => 3 * a * a - 2 * a + 5), 5, -2);
        Assert.Equal(2, result.Trials);
        Assert.Equal(1.0 / 3, result.Step, 1e-15);
    }

    [Fact]
    public void Cubic_interpolation_finds_the_minimizer_of_the_cubic()
    {
        // φ(α) = α³ + 40α² − α. The parabola through φ(1) has its minimizer at 1/82, so 0.1 is tried; then the cubic's, which lies in
        // [0.01, 0.05].
        List<double> tried = [];
        var result = new ArmijoSearch(interpolation: Interpolation.Cubic).Search(Record(tried, a => a * a * a + 40 * a * a - a), 0, -1);
        Assert.Equal([1, 0.1], tried[..2]);
        Assert.Equal((-40 + Math.Sqrt(1603)) / 3, result.Step, 1e-14);      // 3α² + 80α − 1 = 0
        Assert.Equal(3, result.Trials);
    }

    [Theory]
    [InlineData(Interpolation.Quadratic), InlineData(Interpolation.Cubic)]
    public void Interpolated_steps_stay_within_a_tenth_and_a_half(Interpolation interpolation)
    {
        List<double> tried = [];
        new ArmijoSearch(interpolation: interpolation, max_backtracks: 20).Search(Record(tried, a => 1 + Math.Pow(a, 0.1)), 1, -1);
        for (var k = 1; k < tried.Count; k++) Assert.InRange(tried[k] / tried[k - 1], 0.1 - 1e-12, 0.5 + 1e-12);
    }

    [Theory]
    [InlineData(double.NaN), InlineData(double.PositiveInfinity), InlineData(double.NegativeInfinity)]
    public void What_is_not_finite_is_refused(double bad)
    {
        var result = new ArmijoSearch(interpolation: Interpolation.Cubic).Search(a => a > 0.3 ? bad : -a, 0, -1);
        Assert.Equal(LineSearchOutcome.Accepted, result.Outcome);
        Assert.Equal(0.1, result.Step, 1e-15);      // a tenth, whatever the interpolation
        Assert.Equal(2, result.Trials);
    }

    [Fact]
    public void A_nonmonotone_reference_lets_the_value_rise()
    {
        Assert.Equal(LineSearchOutcome.Accepted, new ArmijoSearch().Search(a => a, 0, -1, reference: 2).Outcome);
        Assert.Equal(LineSearchOutcome.MaxBacktracks, new ArmijoSearch().Search(a => a, 0, -1).Outcome);
    }

    [Fact]
    public void A_model_that_does_not_decrease_is_not_evaluated()
    {
        // m(α) = −α + ½·8·α² is negative below 1/4 only: 1, 1/2 and 1/4 are skipped.
        List<double> tried = [];
        var result = new ArmijoSearch().Search(Record(tried, a => -a), 0, -1, curvature: 8);
        Assert.Equal([0.125], tried);
        Assert.Equal(0.125, result.Step);
    }

    [Fact]
    public void Every_end_has_its_reason()
    {
        var rising = (double a) => 1 + a;
        Assert.Equal(new(LineSearchOutcome.MaxBacktracks, 0, 1, 4, Smallest: 0.125),
            new ArmijoSearch(max_backtracks: 3).Search(rising, 1, -1));
        Assert.Equal(new(LineSearchOutcome.MinStep, 0, 1, 4, Smallest: 0.125), new ArmijoSearch(min_step: 0.1).Search(rising, 1, -1));
        Assert.Equal(new(LineSearchOutcome.NoDescent, 0, 1, 0), new ArmijoSearch().Search(rising, 1, 0));
        Assert.Equal(new(LineSearchOutcome.NoDescent, 0, 1, 0), new ArmijoSearch().Search(rising, 1, double.NaN));
        Assert.Equal(LineSearchOutcome.NonFiniteLoss, new ArmijoSearch().Search(rising, double.NaN, -1).Outcome);
    }

    [Theory]
    [InlineData("c", 0, 0.5, 30, 1e-12), InlineData("c", 1, 0.5, 30, 1e-12), InlineData("c", double.NaN, 0.5, 30, 1e-12)]
    [InlineData("beta", 0.1, 0, 30, 1e-12), InlineData("beta", 0.1, 1, 30, 1e-12), InlineData("max_backtracks", 0.1, 0.5, -1, 1e-12),
        InlineData("min_step", 0.1, 0.5, 30, 0)]
    public void Settings_out_of_range_are_named(string name, double c, double beta, int max_backtracks, double min_step) =>
        Assert.Equal(name, Assert.Throws<ArgumentOutOfRangeException>(() => new ArmijoSearch(c, beta, max_backtracks, min_step)).ParamName);

    [Fact]
    public void An_interpolation_that_there_is_not_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>("interpolation", () => new ArmijoSearch(interpolation: (Interpolation)7));

    private static Func<double, double> Record(List<double> tried, Func<double, double> value) => a =>
    {
        tried.Add(a);
        return value(a);
    };
}
