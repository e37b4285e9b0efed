namespace TorchOptimExt.Fused;

/// <summary>
/// An optimizer whose step visits each element once where it can: contiguous float32 and float64 tensors on the CPU. For all
/// others an optimizer that TorchSharp has too runs TorchSharp's own step; one that it lacks uses tensor operations.
/// </summary>
/// <remarks>
/// Of the optimizers that TorchSharp has too, <c>to(device)</c> and the overloads of <c>load_state_dict</c> that read a file keep
/// the state beyond an open dispose scope only where they are called on the class itself: called through a variable of
/// TorchSharp's type they are TorchSharp's own, and tensors that they make belong to the scope.
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
}
