namespace TorchOptimExt.Stepping;

/// <summary>
/// An optimizer whose step is fused where it can be: it goes over the memory of parameters, gradients and state once, if they are
/// contiguous
/// float32 or float64 tensors on the CPU and no parameters share memory. Otherwise an optimizer that TorchSharp has too runs TorchSharp's
/// own step for all
/// parameters; one that TorchSharp lacks uses tensor operations for those that cannot be fused.
/// </summary>
/// <remarks>
/// Of the optimizers that TorchSharp has too, <c>to(device)</c> and the overloads of <c>load_state_dict</c> that read a file are not
/// virtual in TorchSharp.
/// Called through a variable of the fused class they keep the state alive beyond an open dispose scope; called through a variable of
/// TorchSharp's class they leave the tensors that they make to the scope.
/// </remarks>
public interface IFusedOptimizer
{
    /// <summary>Whether the last <c>step()</c> ran in one pass for all parameters; false before the first, and where it threw.</summary>
    bool LastStepFused { get; }

    /// <summary>
    /// Why the last <c>step()</c> did not run in one pass: which parameter could not take the fused path and what stood in
    /// the way. null where it was fused, where it threw before that was known, and before the first.
    /// </summary>
    string? LastStepNotFusedBecause { get; }

    /// <summary>
    /// Asked once in every step, when the gradients are there and nothing is changed yet: the finite factor that the step multiplies each
    /// gradient
    /// by as it reads it (the gradients themselves stay), or null to leave the step out. Unset, the factor is 1. Loss scaling and clipping
    /// use it.
    /// </summary>
    /// <remarks>
    /// The factor is rounded once to the precision in which the parameter is computed. A step that was left out counts nowhere.
    /// </remarks>
    Func<double?>? GradientScale { get; set; }
}
