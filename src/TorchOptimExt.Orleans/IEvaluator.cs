using Orleans.Concurrency;

namespace TorchOptimExt.Orleans;

/// <summary>Evaluates directions in the silo that its key names.</summary>
[Alias("TorchOptimExt.Orleans.IEvaluator")]
internal interface IEvaluator : IGrainWithStringKey
{
    [AlwaysInterleave, Alias("Hello")] Task<Hello> Hello();

    [Alias("Evaluate")] Task<Rewards> Evaluate(Work work);
}
