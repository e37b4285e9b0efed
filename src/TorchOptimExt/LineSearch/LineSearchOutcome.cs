namespace TorchOptimExt.LineSearch;

/// <summary>Why a step of a line search ended. The parameters moved only where a step size was accepted.</summary>
public enum LineSearchOutcome
{
    /// <summary>A step size met the condition of sufficient decrease.</summary>
    Accepted,

    /// <summary>max|g| was within tolerance_grad (nothing moved), or an accepted step changed F by no more than tolerance_change · max(1, |F|).</summary>
    Converged,

    /// <summary>No direction with a finite gᵀd &lt; 0 was found: every learning rate is 0, or the slope overflows.</summary>
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
