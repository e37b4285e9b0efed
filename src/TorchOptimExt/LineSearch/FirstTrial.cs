namespace TorchOptimExt;

/// <summary>Which step size a line search tries first.</summary>
public enum FirstTrial
{
    /// <summary>1 in every step.</summary>
    Restart,

    /// <summary>The last accepted one; 1 in the first step.</summary>
    Keep,

    /// <summary>The last accepted one times growth; 1 in the first step. For mini-batches (Vaswani et al. 2019).</summary>
    Grow,
}
