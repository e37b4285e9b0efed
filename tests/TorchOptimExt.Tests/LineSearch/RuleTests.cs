using TorchOptimExt.LineSearch;

namespace TorchOptimExt.Tests.LineSearch;

/// <summary>When a descent ends, and what a search tries first, by themselves.</summary>
public class RuleTests
{
    private static readonly StoppingRule Stop = new(tolerance_grad: 1e-3, tolerance_change: 1e-6, patience: 3, epsilon: 1e-8);

    [Fact]
    public void Only_quiet_steps_in_a_row_count()
    {
        Assert.Equal(1, Stop.Count(0, 100, 100 - 0.9e-4, 1, 1));
        Assert.Equal(3, Stop.Count(2, 100, 100, 1, 1));
        Assert.Equal(0, Stop.Count(2, 100, 100 - 1.1e-4, 1, 1));         // too large a change
        Assert.Equal(0, Stop.Count(2, 1, 1 - 1e-5, 1, 1));               // in units of F
        Assert.Equal(0, Stop.Count(2, 100, 100, 0.9e-3, 1));             // a step size that collapsed
        Assert.Equal(0, Stop.Count(2, 100, 100, 1, double.PositiveInfinity));
    }

    [Fact]
    public void A_point_is_stationary_up_to_the_tolerance()
    {
        Assert.True(Stop.IsStationary(1e-3) && !Stop.IsStationary(1.001e-3) && !Stop.IsStationary(double.NaN));
        Assert.True(Stop.IsNearlyStationary(1e-2, 0.5) && Stop.IsNearlyStationary(1, 100) && !Stop.IsNearlyStationary(1.1e-2, 1));
    }

    [Fact]
    public void Rounding_is_a_few_ulps_of_F()
    {
        Assert.True(Stop.IsRounding(100, 100 + 3.9e-6) && Stop.IsRounding(100, 100 - 3.9e-6) && !Stop.IsRounding(100, 100 - 5e-6));
        Assert.True(!Stop.IsRounding(100, double.PositiveInfinity) && !Stop.IsRounding(0, 1e-12));
        Assert.True(Stop.IsLowered(100, 99) && !Stop.IsLowered(100, 100 - 3.9e-6) && !Stop.IsLowered(100, 101));
        Assert.True(Stop.IsIdle(100, 100, 0.9e-3, 1) && !Stop.IsIdle(100, 100, 1e-3, 1) && !Stop.IsIdle(100, 99, 1e-9, 1));
    }

    [Fact]
    public void The_first_trial_follows_its_rule()
    {
        var known = new FirstTrialRule
        {
            Step = 0.3,
            AtOnce = true,
            Decrease = 0.5,
            Slope = -2,
            GradientSum = 50,
            InverseCurvature = 7,
        };
        Assert.Equal(1, known.Choose(FirstTrial.Restart, 2));
        Assert.Equal(0.6, known.Choose(FirstTrial.Keep, 2));
        Assert.Equal(0.3, (known with { AtOnce = false }).Choose(FirstTrial.Keep, 2));
        Assert.Equal(0.9, known.Choose(FirstTrial.Grow, 3), 1e-15);
        Assert.Equal(1.01 * 0.5, known.Choose(FirstTrial.Interpolated, 2), 1e-15);      // 2·ΔF/φ′(0)
        Assert.Equal(1, (known with { Decrease = 5 }).Choose(FirstTrial.Interpolated, 2));
        Assert.Equal(7, known.Choose(FirstTrial.BarzilaiBorwein, 2));
    }

    [Fact]
    public void Without_what_it_needs_a_rule_has_another()
    {
        var none = new FirstTrialRule { Slope = -2, GradientSum = 50, InverseCurvature = double.NaN };
        Assert.Equal((1, 1), (none.Choose(FirstTrial.Keep, 2), none.Choose(FirstTrial.Grow, 2)));
        Assert.Equal((0.02, 0.02), (none.Choose(FirstTrial.Interpolated, 2), none.Choose(FirstTrial.BarzilaiBorwein, 2)));
        Assert.Equal(1, FirstTrialRule.Cautious(0.1));
        var failed = new FirstTrialRule { Step = 1e-5, Failed = true, AtOnce = true, Decrease = 1, Slope = -1, GradientSum = 1 };
        foreach (var rule in Enum.GetValues<FirstTrial>().Except([FirstTrial.Restart])) Assert.Equal(1e-5, failed.Choose(rule, 2));
        var climbing = new FirstTrialRule { Step = 0.3, Decrease = -1, Slope = -1, GradientSum = 1, InverseCurvature = -5 };
        Assert.Equal(1.01 * 0.3, climbing.Choose(FirstTrial.Interpolated, 2), 1e-15);
        Assert.Equal(0.3, climbing.Choose(FirstTrial.BarzilaiBorwein, 2));
    }
}
