using TorchOptimExt.Parameters;

namespace TorchOptimExt.LineSearch;

/// <summary>
/// Backtracking along a ray until Armijo's condition of sufficient decrease holds. With φ(α) the value at step size α,
/// <code>
/// m(α) = α·φ′(0) + ½·α²·curvature
/// accept α where m(α) &lt; 0 and φ(α) ≤ reference + c·m(α)
/// </code>
/// Without curvature and with reference = φ(0) that is φ(α) ≤ φ(0) + c·α·φ′(0). NaN and ±∞ are refused, and the next trial is ten times
/// shorter.
/// </summary>
/// <remarks>
/// The search of <see cref="ArmijoGD"/> and <see cref="ArmijoNewton"/> by itself, on any function of one number.
/// <para>Source: L. Armijo, "Minimization of functions having Lipschitz continuous first partial derivatives", 1966; J. Nocedal and
/// S. Wright, "Numerical Optimization", 2006, algorithm 3.1 and equations 3.57 to 3.59 (interpolation); L. Grippo, F. Lampariello,
/// S. Lucidi, "A Nonmonotone Line Search Technique for Newton's Method", 1986 (a reference above φ(0)).</para>
/// </remarks>
/// <example>
/// <code>
/// var found = new ArmijoSearch().Search(step => Math.Pow(1 - 3 * step, 2), origin: 1, slope: -6);
/// Console.WriteLine($"{found.Outcome}: step {found.Step}, value {found.Value}");     // Accepted: step 0.5, value 0.25
/// </code>
/// </example>
public sealed class ArmijoSearch
{
    private static readonly HyperparameterTable Ranges = HyperparameterTable.Of<ArmijoGD.Options>();

    private static readonly Hyperparameter First = Hyperparameter.Positive("first"),
        Curvature = new("curvature", double.IsFinite, "finite");

    private readonly double c, beta, min_step;
    private readonly int max_backtracks;
    private readonly Interpolation interpolation;

    /// <summary>Creates a search with these settings.</summary>
    /// <param name="c">The fraction of the predicted decrease that must be reached; 0 &lt; c &lt; 1.</param>
    /// <param name="beta">β, by which a refused step size is multiplied; 0 &lt; β &lt; 1.</param>
    /// <param name="max_backtracks">The most reductions of the step size; ≥ 0.</param>
    /// <param name="min_step">The smallest step size that is tried; &gt; 0.</param>
    /// <param name="interpolation">How the next step size is found. A model that does not decrease is followed by β·α always, a value that
    /// is not finite by α/10.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range; NaN and infinity always are.</exception>
    public ArmijoSearch(double c = 1e-4, double beta = 0.5, int max_backtracks = 30, double min_step = 1e-12,
        Interpolation interpolation = Interpolation.None)
    {
        Ranges["c"].Check(c);
        Ranges["beta"].Check(beta);
        Ranges["max_backtracks"].Check(max_backtracks);
        Ranges["min_step"].Check(min_step);
        Ranges["interpolation"].Check((int)interpolation);
        (this.c, this.beta, this.max_backtracks, this.min_step, this.interpolation) = (c, beta, max_backtracks, min_step, interpolation);
    }

    /// <summary>Searches for a step size. What <paramref name="value"/> throws is passed on.</summary>
    /// <param name="value">φ: gives the value at a step size. NaN and ±∞ refuse it.</param>
    /// <param name="origin">φ(0). Where it is NaN or infinite, the outcome is NonFiniteLoss.</param>
    /// <param name="slope">φ′(0). Where it is not finite and negative, the outcome is NoDescent.</param>
    /// <param name="first">The step size that is tried first; finite and &gt; 0.</param>
    /// <param name="curvature">The second derivative that the model of the decrease has; finite, 0 for plain Armijo.</param>
    /// <param name="reference">The value from which the decrease is measured; null takes φ(0).</param>
    /// <returns>The accepted step size, or why there is none.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="value"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The first step size or the curvature is out of its range.</exception>
    public RaySearchResult Search(Func<double, double> value, double origin, double slope, double first = 1, double curvature = 0,
        double? reference = null)
    {
        ArgumentNullException.ThrowIfNull(value);
        First.Check(first);
        Curvature.Check(curvature);
        if (!double.IsFinite(origin)) return new(LineSearchOutcome.NonFiniteLoss, 0, origin, 0);
        if (!(slope < 0 && double.IsFinite(slope))) return new(LineSearchOutcome.NoDescent, 0, origin, 0);
        var limit = reference ?? origin;
        var (trials, refused, smallest) = (0, default(Trial?), 0.0);
        var step = first;
        for (var reductions = 0; ; reductions++)
        {
            if (!(step >= min_step)) return new(LineSearchOutcome.MinStep, 0, origin, trials, Smallest: smallest);
            var model = step * slope + 0.5 * step * step * curvature;
            var earlier = refused;
            refused = null;
            var overflowed = false;
            if (model < 0)
            {
                var found = value(step);
                (trials, smallest) = (trials + 1, step);
                if (found <= limit + c * model && double.IsFinite(found))
                    return new(LineSearchOutcome.Accepted, step, found, trials, Smallest: step);
                if (double.IsFinite(found)) refused = new(step, found);
                else overflowed = true;
            }
            if (reductions == max_backtracks) return new(LineSearchOutcome.MaxBacktracks, 0, origin, trials, Smallest: smallest);
            step = overflowed ? 0.1 * step : Shorter(step, origin, slope, refused, earlier);
        }
    }

    private double Shorter(double step, double origin, double slope, Trial? refused, Trial? earlier)
    {
        if (interpolation == Interpolation.None || refused is not { } last) return beta * step;
        var minimizer = interpolation == Interpolation.Cubic && earlier is { } before ? CubicMinimizer(origin, slope, before, last)
            : QuadraticMinimizer(origin, slope, last);
        return double.IsNaN(minimizer) ? beta * step : Math.Clamp(minimizer, 0.1 * step, 0.5 * step);
    }

    // Nocedal and Wright, equation 3.58. Where the parabola has no minimum the quotient is negative or infinite, and the clamp holds.
    private static double QuadraticMinimizer(double origin, double slope, Trial last) =>
        -slope * last.Step * last.Step / (2 * (last.Value - origin - slope * last.Step));

    // Nocedal and Wright, equation 3.59 and the system before it.
    private static double CubicMinimizer(double origin, double slope, Trial before, Trial last)
    {
        var (s0, s1) = (before.Step, last.Step);
        var (e0, e1) = (before.Value - origin - slope * s0, last.Value - origin - slope * s1);
        var scale = s0 * s0 * s1 * s1 * (s1 - s0);
        var a = (s0 * s0 * e1 - s1 * s1 * e0) / scale;
        var b = (s1 * s1 * s1 * e0 - s0 * s0 * s0 * e1) / scale;
        return a == 0 ? -slope / (2 * b) : (-b + Math.Sqrt(b * b - 3 * a * slope)) / (3 * a);
    }

    private readonly record struct Trial(double Step, double Value);
}
