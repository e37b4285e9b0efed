namespace TorchOptimExt.LineSearch;

/// <summary>Which step size α a step tries first; never one above max_step.</summary>
public enum FirstTrial
{
    /// <summary>α = 1 in every step.</summary>
    Restart,

    /// <summary>The last accepted α, once times growth where it was its step's first trial; 1 before one was accepted, and the smallest
    /// that was tried after a search that failed.</summary>
    Keep,

    /// <summary>The last accepted α times growth; 1 before one was accepted, and the smallest that was tried after a search that failed.
    /// For mini-batches (Vaswani et al. 2019).</summary>
    Grow,

    /// <summary>The minimizer of the parabola that falls as much as the last step did: 2·ΔF/φ′(0), at most 1; the first is min(1, 1/‖g‖₁).
    /// Nocedal and Wright 2006, equation 3.60.</summary>
    Interpolated,

    /// <summary>The inverse curvature sᵀs/sᵀy along the last step s, y the change of the gradient; the first is min(1, 1/‖g‖₁). With a
    /// history of 10 the method of Raydan 1997.</summary>
    BarzilaiBorwein,
}
