namespace TorchOptimExt;

/// <summary>Why a step of a line search ended. The parameters moved only where a step size was accepted.</summary>
public enum LineSearchOutcome
{
    /// <summary>A step size met the condition of sufficient decrease.</summary>
    Accepted,

    /// <summary>max|g| was within tolerance_grad (nothing moved), or an accepted step changed F by no more than tolerance_change · max(1, |F|).</summary>
    Converged,

    /// <summary>There is no direction with gᵀd &lt; 0: every learning rate is 0, or the slope leaves the range of numbers.</summary>
    NoDescent,

    /// <summary>No step size was accepted within max_backtracks reductions.</summary>
    MaxBacktracks,

    /// <summary>The step size fell below min_step.</summary>
    MinStep,

    /// <summary>F is NaN or infinite where the step begins.</summary>
    NonFiniteLoss,

    /// <summary>The gradient has a NaN or infinite element.</summary>
    NonFiniteGradient,
}
