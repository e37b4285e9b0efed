using CompareOptimizers.Registry;

namespace CompareOptimizers.Surfaces;

/// <summary>What a picture is of.</summary>
/// <param name="Title">What the settings have in common.</param>
/// <param name="Settings">What is compared.</param>
internal sealed record Subject(string Title, params Setting[] Settings)
{
    /// <summary>All optimizers, with the settings that they have in the comparison.</summary>
    public static readonly Subject[] AllOptimizers = [All(Batching.MiniBatch, "for mini-batches"), All(Batching.FullBatch, "for full batches")];

    private static Subject All(Batching batching, string title) =>
        new(title, [.. Contenders.All.Where(contender => contender.Batching == batching).Select(contender => new Setting(contender.Name, contender.Make, contender.Closure))]);
}
