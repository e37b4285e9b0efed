namespace TorchOptimExt.LineSearch;

/// <summary>Which step size α a step of <see cref="ArmijoGD"/> tries first; never one above max_step.</summary>
public enum FirstTrial
{
    /// <summary>α = 1 in every step.</summary>
    Restart,

    /// <summary>The last accepted α; 1 before one was accepted.</summary>
    Keep,

    /// <summary>The last accepted α times growth; 1 before one was accepted. For mini-batches (Vaswani et al. 2019).</summary>
    Grow,
}
