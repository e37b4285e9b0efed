namespace TorchOptimExt.LineSearch;

/// <summary>Why a step of a line search ended. The parameters moved only where a step size was accepted.</summary>
public enum LineSearchOutcome
{
    /// <summary>A step met the condition of sufficient decrease.</summary>
    Accepted,

    /// <summary>max|g| was within tolerance_grad (nothing moved), or over patience accepted steps in a row F changed by no more than
    /// tolerance_change · |F|; where tolerance_change is left to the dtype's rounding, only with max|g| within ten times tolerance_grad, in
    /// units of |F|/max(1, max|θ|) where that is above 1.</summary>
    Converged,

    /// <summary>No trial lowered F by more than the rounding of F itself, or patience steps in a row did not although the gradient is not
    /// small (the last of them moved): in this dtype no lower point can be told from this one.</summary>
    Stalled,

    /// <summary>max|g| was within tolerance_grad, but the Hessian has a negative eigenvalue, and no step along its eigenvector lowered
    /// F.</summary>
    Saddle,

    /// <summary>A trust region tried max_trials radii without a decrease that suffices, though a smaller one may: the next step begins with
    /// the radius that was reached, and <c>minimize</c> makes it.</summary>
    Refused,

    /// <summary>No direction with a finite gᵀd &lt; 0 was found: every learning rate is 0, every parameter that has one is frozen, or the
    /// slope overflows.</summary>
    NoDescent,

    /// <summary>No step size was accepted within max_backtracks reductions.</summary>
    MaxBacktracks,

    /// <summary>The step size fell below min_step before one was accepted.</summary>
    MinStep,

    /// <summary>F is NaN or infinite where the step begins. A trial for which it is counts as refused.</summary>
    NonFiniteLoss,

    /// <summary>The gradient has a NaN or infinite element.</summary>
    NonFiniteGradient,
}
