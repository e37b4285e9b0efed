using TorchOptimExt.Parameters;

namespace TorchOptimExt.LineSearch;

/// <summary>
/// A search along a ray for the strong Wolfe conditions. With φ(α) the value at step size α,
/// <code>
/// φ(α) ≤ φ(0) + c₁·α·φ′(0)        (sufficient decrease)
/// |φ′(α)| ≤ −c₂·φ′(0)             (the slope is nearly level)
/// </code>
/// An interval that contains such an α is found by going forward, and made smaller until a trial meets both. NaN and ±∞ are refused.
/// </summary>
/// <remarks>
/// The slope is asked for only where a trial decreases the value sufficiently, directly after its value: what a refused trial would cost in
/// a backward pass is saved. The next trial is the minimizer of a cubic where both ends of the interval have slopes, else that of a
/// parabola, kept away from the ends; a value that is not finite is followed by a trial ten times nearer to the best one.
/// <para>Source: J. Nocedal and S. Wright, "Numerical Optimization", 2006, algorithms 3.5 and 3.6, equation 3.59.</para>
/// </remarks>
/// <example>
/// <code>
/// var found = new StrongWolfeSearch(c2: 0.1).Search(a => Math.Pow(a - 3, 2), a => 2 * (a - 3), origin: 9, slope: -6);
/// Console.WriteLine($"{found.Outcome}: step {found.Step}");      // Accepted: step 3
/// </code>
/// </example>
public sealed class StrongWolfeSearch
{
    private static readonly Hyperparameter First = Hyperparameter.Positive("first"), MinStep = Hyperparameter.Positive("min_step");

    private const double LargestGrowth = 10, Edge = 0.1, Far = 1e3;

    private readonly double c1, c2, min_step, max_step;
    private readonly int max_trials;

    /// <summary>Creates a search with these settings.</summary>
    /// <param name="c1">The fraction of the predicted decrease that must be reached; 0 &lt; c1 &lt; c2.</param>
    /// <param name="c2">The fraction of the first slope that may be left; c1 &lt; c2 &lt; 1.</param>
    /// <param name="max_trials">The most step sizes that are evaluated; ≥ 1.</param>
    /// <param name="min_step">The smallest step size that is tried; &gt; 0.</param>
    /// <param name="max_step">The largest step size that is tried; ≥ min_step.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range; NaN always is.</exception>
    public StrongWolfeSearch(double c1 = 1e-4, double c2 = 0.9, int max_trials = 25, double min_step = 1e-20, double max_step = 1e20)
    {
        var ranges = HyperparameterTable.Of<WolfeLBFGS.Options>();
        ranges["c1"].Check(c1);
        ranges["c2"].Check(c2);
        ranges["max_trials"].Check(max_trials);
        MinStep.Check(min_step);
        if (!(c1 < c2)) throw new ArgumentOutOfRangeException(
            nameof(c1), c1, FormattableString.Invariant($"c1 is {c1}; it must be below c2, which is {c2}."));
        if (!(max_step >= min_step))
            throw new ArgumentOutOfRangeException(nameof(max_step), max_step,
                FormattableString.Invariant($"max_step is {max_step}; it must be at least min_step, which is {min_step}."));
        (this.c1, this.c2, this.max_trials, this.min_step, this.max_step) = (c1, c2, max_trials, min_step, max_step);
    }

    /// <summary>Searches for a step size. What the functions throw is passed on.</summary>
    /// <param name="value">φ: gives the value at a step size. NaN and ±∞ refuse it.</param>
    /// <param name="derivative">φ′: gives the slope at the step size that was evaluated last. NaN and ±∞ refuse it.</param>
    /// <param name="origin">φ(0). Where it is NaN or infinite, the outcome is NonFiniteLoss.</param>
    /// <param name="slope">φ′(0). Where it is not finite and negative, the outcome is NoDescent.</param>
    /// <param name="first">The step size that is tried first; finite and &gt; 0.</param>
    /// <returns>
    /// The accepted step size, or why there is none. Where max_trials end the search first, the best step size with a sufficient decrease
    /// is accepted although its slope is not level; its value then is below those of all other trials that had a slope.
    /// </returns>
    /// <exception cref="ArgumentNullException">A function is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="first"/> is out of its range.</exception>
    public RaySearchResult Search(Func<double, double> value, Func<double, double> derivative, double origin, double slope,
        double first = 1)
    {
        ArgumentNullException.ThrowIfNull(value);
        ArgumentNullException.ThrowIfNull(derivative);
        First.Check(first);
        if (!double.IsFinite(origin)) return new(LineSearchOutcome.NonFiniteLoss, 0, origin, 0);
        if (!(slope < 0 && double.IsFinite(slope))) return new(LineSearchOutcome.NoDescent, 0, origin, 0);

        var (low, high, dropped) = (new Trial(0, origin, slope), default(Trial?), default(Trial?));
        var (step, widths, slopes, smallest) = (Math.Min(first, max_step), new Widths(), 0, double.PositiveInfinity);
        for (var trials = 1; ; trials++)
        {
            if (step < min_step) return End(LineSearchOutcome.MinStep, trials - 1);
            smallest = Math.Min(smallest, step);
            var trial = new Trial(step, value(step), double.NaN);
            var (earlier, beyond) = (low, high);
            if (!(trial.Value <= origin + c1 * step * slope && double.IsFinite(trial.Value))
                || (low.Step > 0 && trial.Value > low.Value)) high = trial;
            else
            {
                trial = trial with { Slope = derivative(step) };
                slopes++;
                if (!double.IsFinite(trial.Slope)) high = trial with { Value = double.NaN };
                else
                {
                    if (Math.Abs(trial.Slope) <= -c2 * slope)
                        return new(LineSearchOutcome.Accepted, step, trial.Value, trials, slopes, smallest);
                    // The minimizer lies between the new best trial and whichever end its slope falls towards.
                    if (trial.Slope * (step - low.Step) >= 0) high = low;
                    low = trial;
                }
            }
            // Of the three points that enclosed the trial and were it, the one that no longer bounds it.
            if (high is { } bound) dropped = low.Step != earlier.Step && bound.Step != earlier.Step ? earlier : beyond ?? earlier;
            if (trials == max_trials || (high is null && step >= max_step)) return End(LineSearchOutcome.MaxBacktracks, trials);
            step = high is { } end ? widths.Narrow(low, end, dropped) : Math.Min(max_step, Forward(earlier, low));
            if (step == low.Step || step == high?.Step) return End(LineSearchOutcome.MinStep, trials);
        }

        RaySearchResult End(LineSearchOutcome otherwise, int trials) => low.Step > 0
            ? new(LineSearchOutcome.Accepted, low.Step, low.Value, trials, slopes, smallest)
            : new(otherwise, 0, origin, trials, slopes, trials == 0 ? 0 : smallest);
    }

    // Beyond the last trial, which still falls.
    private static double Forward(Trial before, Trial last)
    {
        var reach = last.Step - before.Step;
        var minimizer = CubicMinimizer(before, last);
        return double.IsNaN(minimizer) || minimizer <= last.Step ? last.Step + LargestGrowth * reach
            : Math.Clamp(minimizer, last.Step + Edge * reach, last.Step + LargestGrowth * reach);
    }

    // Nocedal and Wright, equation 3.59: both ends have value and slope.
    private static double CubicMinimizer(Trial a, Trial b)
    {
        var d1 = a.Slope + b.Slope - 3 * (a.Value - b.Value) / (a.Step - b.Step);
        var d2 = Math.Sign(b.Step - a.Step) * Math.Sqrt(d1 * d1 - a.Slope * b.Slope);
        return b.Step - (b.Step - a.Step) * ((b.Slope + d2 - d1) / (b.Slope - a.Slope + 2 * d2));
    }

    // Of a cubic where a third value is known, else of a parabola: only the best trial has a slope.
    private static double Minimizer(Trial low, Trial high, Trial? third)
    {
        if (third is not { } other || !double.IsFinite(other.Value) || other.Step == low.Step || other.Step == high.Step)
            return QuadraticMinimizer(low, high);
        var (s0, s1) = (other.Step - low.Step, high.Step - low.Step);
        var (e0, e1) = (other.Value - low.Value - low.Slope * s0, high.Value - low.Value - low.Slope * s1);
        var scale = s0 * s0 * s1 * s1 * (s1 - s0);
        var a = (s0 * s0 * e1 - s1 * s1 * e0) / scale;
        var b = (s1 * s1 * s1 * e0 - s0 * s0 * s0 * e1) / scale;
        var cubic = low.Step + (a == 0 ? -low.Slope / (2 * b) : (-b + Math.Sqrt(b * b - 3 * a * low.Slope)) / (3 * a));
        return double.IsFinite(cubic) && (cubic - low.Step) * s1 > 0 ? cubic : QuadraticMinimizer(low, high);
    }

    private static double QuadraticMinimizer(Trial low, Trial high)
    {
        var reach = high.Step - low.Step;
        return low.Step - low.Slope * reach * reach / (2 * (high.Value - low.Value - low.Slope * reach));
    }

    private readonly record struct Trial(double Step, double Value, double Slope);

    // Chooses the next trial within the interval; where two have not made it a third smaller, its middle.
    private struct Widths
    {
        private double last = double.PositiveInfinity, before = double.PositiveInfinity;

        public Widths() { }

        // Nothing is lower than the origin yet, and the trial rises by far more than the slope falls: no cubic tells how far away it is.
        private static bool IsFar(Trial low, Trial high) => low.Step == 0 && high.Value - low.Value > -Far * low.Slope * high.Step;

        public double Narrow(Trial low, Trial high, Trial? dropped)
        {
            var reach = high.Step - low.Step;
            if (!double.IsFinite(high.Value) || IsFar(low, high)) return low.Step + Edge * reach;
            var stuck = Math.Abs(reach) > 2.0 / 3 * before;
            (before, last) = (last, Math.Abs(reach));
            var minimizer = double.IsNaN(high.Slope) ? Minimizer(low, high, dropped) : CubicMinimizer(low, high);
            return stuck || !double.IsFinite(minimizer) ? low.Step + reach / 2
                : Math.Clamp(minimizer, Math.Min(low.Step + Edge * reach, high.Step - Edge * reach),
                    Math.Max(low.Step + Edge * reach, high.Step - Edge * reach));
        }
    }
}
