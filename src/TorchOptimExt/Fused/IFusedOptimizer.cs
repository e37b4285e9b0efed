namespace TorchOptimExt.Fused;

/// <summary>An optimizer that TorchSharp has too, whose step visits each element once where it can.</summary>
public interface IFusedOptimizer
{
    /// <summary>Whether the last <c>step()</c> ran in one pass; false before the first.</summary>
    bool LastStepFused { get; }

    /// <summary>
    /// Why the last <c>step()</c> was left to TorchSharp's own code: which parameter could not take the fused path and
    /// what stood in the way. null where it was fused, and before the first.
    /// </summary>
    string? LastStepNotFusedBecause { get; }
}
