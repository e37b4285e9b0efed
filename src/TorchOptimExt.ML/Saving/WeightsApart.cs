using TorchOptimExt.ML.Scoring;

namespace TorchOptimExt.ML.Saving;

/// <summary>
/// Says, while it is not disposed, that pipelines which this thread saves or loads have the weights of their torch models apart, and
/// gathers those models. ML.NET hands nothing through to the transformers that it saves and the mappings that it loads, but calls them on
/// the thread that saves or loads.
/// </summary>
internal sealed class WeightsApart : IDisposable
{
    [ThreadStatic] private static WeightsApart? current;

    private readonly WeightsApart? outer = current;

    internal WeightsApart() => current = this;

    internal static WeightsApart? Current => current;

    /// <summary>The models that were saved, in the order of their numbers.</summary>
    internal List<TorchModel> Models { get; } = [];

    /// <summary>The number under which a model's weights are to be kept.</summary>
    internal int Add(TorchModel model)
    {
        Models.Add(model);
        return Models.Count - 1;
    }

    public void Dispose() => current = outer;
}
