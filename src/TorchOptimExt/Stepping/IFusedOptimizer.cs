namespace TorchOptimExt.Stepping;

/// <summary>
/// An optimizer whose step is fused: it goes over the memory of parameters, gradients and states once, whatever the rule has of
/// operations.
/// </summary>
/// <remarks>
/// <para>Each parameter goes where it fits: dense tensors of float32, float64, float16 and bfloat16 on the CPU into the pass, on CUDA into
/// the launch of a kernel (see <see cref="CudaSteps"/>); others, and parameters that share memory, through tensor operations; sparse
/// gradients of SGD to TorchSharp's own step.</para>
/// <para>Of the optimizers that TorchSharp has too, <c>to(device)</c> and the overloads of <c>load_state_dict</c> that read a file are
/// not virtual in TorchSharp: called through a variable of TorchSharp's class they are TorchSharp's.</para>
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
    /// gradient by as it reads it (the gradients themselves stay), or null to leave the step out. Unset, the factor is 1. Loss scaling
    /// (<see cref="GradScaler"/>) and clipping (<see cref="GradientClipping"/>) use it.
    /// </summary>
    /// <remarks>
    /// The factor is rounded once to the precision in which the parameter is computed. A step that was left out counts nowhere.
    /// </remarks>
    Func<double?>? GradientScale { get; set; }
}
