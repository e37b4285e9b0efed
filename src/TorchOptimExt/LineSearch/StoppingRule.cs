namespace TorchOptimExt.LineSearch;

/// <summary>
/// When a descent has converged or cannot go on: by the largest element of the gradient, by accepted steps that change F no more, and
/// by trials none of which F can tell from its rounding.
/// </summary>
/// <param name="tolerance_grad">max|g| up to which a point counts as stationary; ≥ 0.</param>
/// <param name="tolerance_change">The change of F, in units of |F|, up to which a step counts as quiet; ≥ 0.</param>
/// <param name="patience">After how many quiet steps in a row the descent has converged; ≥ 1.</param>
/// <param name="epsilon">The rounding of F in units of |F|, for example 2⁻⁵² in float64; ≥ 0.</param>
public readonly record struct StoppingRule(double tolerance_grad, double tolerance_change, int patience, double epsilon)
{
    private const double Collapse = 1e-3, Ulps = 4, Nearly = 10;

    /// <summary>Whether the gradient is within its tolerance.</summary>
    /// <param name="largest_gradient">max|g|.</param>
    public bool IsStationary(double largest_gradient) => largest_gradient <= tolerance_grad;

    /// <summary>Whether the gradient is small for values of that size: within ten times its tolerance, in units of |F| where that is above
    /// 1. Quiet steps at a larger one show that F cannot tell its rounding from what is left, not that nothing is.</summary>
    /// <param name="largest_gradient">max|g|.</param>
    /// <param name="value">F.</param>
    public bool IsNearlyStationary(double largest_gradient, double value) =>
        largest_gradient <= Nearly * tolerance_grad * Math.Max(1, Math.Abs(value));

    /// <summary>Counts an accepted step.</summary>
    /// <param name="quiet">How many quiet steps went before it.</param>
    /// <param name="before">F before the step.</param>
    /// <param name="after">F after the step.</param>
    /// <param name="step">The accepted step size.</param>
    /// <param name="first">The step size that was tried first. A step that is far smaller is not quiet: it says little about the distance
    /// to a minimum.</param>
    /// <returns>How many quiet steps in a row there are now; <see cref="patience"/> of them mean convergence.</returns>
    public int Count(int quiet, double before, double after, double step, double first) =>
        Math.Abs(after - before) <= tolerance_change * Math.Abs(after) && step >= Collapse * first ? quiet + 1 : 0;

    /// <summary>Whether trials that were all refused show nothing but rounding: none lowers F by more, and one comes as near as
    /// that.</summary>
    /// <param name="before">F where the trials began.</param>
    /// <param name="lowest">The lowest value of a trial.</param>
    public bool IsRounding(double before, double lowest) => Math.Abs(lowest - before) <= Ulps * epsilon * Math.Abs(before);

    /// <summary>Whether a trial lowers F by more than rounding.</summary>
    /// <param name="before">F where the trials began.</param>
    /// <param name="lowest">The lowest value of a trial.</param>
    public bool IsLowered(double before, double lowest) => before - lowest > Ulps * epsilon * Math.Abs(before);

    /// <summary>Whether a step that met its condition is none: far shorter than its first trial, it changes F by no more than
    /// rounding.</summary>
    /// <param name="before">F before the step.</param>
    /// <param name="after">F after the step.</param>
    /// <param name="step">The step size.</param>
    /// <param name="first">The step size that was tried first.</param>
    public bool IsIdle(double before, double after, double step, double first) => step < Collapse * first && IsRounding(before, after);
}
