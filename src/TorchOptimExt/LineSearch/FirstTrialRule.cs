namespace TorchOptimExt.LineSearch;

/// <summary>Chooses the step size that a search along the negative gradient tries first, from what the last step and the present point
/// show.</summary>
/// <remarks>
/// Sources: J. Nocedal and S. Wright, "Numerical Optimization", 2006, section 3.5; J. Barzilai and J. M. Borwein, "Two-Point Step Size
/// Gradient Methods", 1988; M. Raydan, "The Barzilai and Borwein Gradient Method for the Large Scale Unconstrained Minimization Problem",
/// 1997.
/// </remarks>
public readonly record struct FirstTrialRule
{
    private const double Least = 1e-10, Most = 1e10;

    /// <summary>The last accepted α; after a search that failed the smallest that was tried; 0 before both.</summary>
    public double Step { get; init; }

    /// <summary>Whether the last search accepted its first trial.</summary>
    public bool AtOnce { get; init; }

    /// <summary>Whether the last search failed.</summary>
    public bool Failed { get; init; }

    /// <summary>By how much F fell in the last step, &gt; 0 where it did.</summary>
    public double Decrease { get; init; }

    /// <summary>φ′(0), the slope along the present direction; &lt; 0.</summary>
    public double Slope { get; init; }

    /// <summary>‖g‖₁ at the present point.</summary>
    public double GradientSum { get; init; }

    /// <summary>sᵀs/sᵀy in units of the direction; not positive or NaN where there is none.</summary>
    public double InverseCurvature { get; init; }

    /// <summary>The α to try first.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="growth">The factor of Keep and Grow; &gt; 1.</param>
    public double Choose(FirstTrial rule, double growth)
    {
        if (rule == FirstTrial.Restart) return 1;
        if (!(Step > 0)) return rule is FirstTrial.Keep or FirstTrial.Grow ? 1 : Cautious(GradientSum);
        if (Failed) return Step;
        return rule switch
        {
            FirstTrial.Keep => AtOnce ? Step * growth : Step,
            FirstTrial.Interpolated => Math.Min(1, 1.01 * Positive(2 * Decrease / -Slope)),
            FirstTrial.BarzilaiBorwein => Math.Clamp(Positive(InverseCurvature), Least, Most),
            _ => Step * growth,
        };
    }

    /// <summary>min(1, 1/‖g‖₁): the first trial where nothing is known but the gradient.</summary>
    /// <param name="gradient_sum">‖g‖₁ &gt; 0.</param>
    public static double Cautious(double gradient_sum) => Math.Min(1, 1 / gradient_sum);

    private double Positive(double guess) => guess > 0 && double.IsFinite(guess) ? guess : Step;
}
