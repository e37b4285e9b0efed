namespace TorchOptimExt.ML.Training;

/// <summary>Where a training stands between two epochs, besides module, optimizer and schedule: what a checkpoint must give back.</summary>
internal sealed class TrainingProgress
{
    /// <summary>Epochs completed.</summary>
    internal int Epoch { get; set; }

    /// <summary>The best loss so far, of validation rows where there are any.</summary>
    internal double BestLoss { get; set; } = double.PositiveInfinity;

    /// <summary>Epochs since then.</summary>
    internal int EpochsWithoutImprovement { get; set; }

    /// <summary>The weights then, as the module saves itself; null where they are not kept.</summary>
    internal byte[]? BestWeights { get; set; }

    internal Dictionary<string, object> ToValues(string identity)
    {
        var values = new Dictionary<string, object>
        {
            ["training"] = identity,
            ["epoch"] = Epoch,
            ["bestLoss"] = BestLoss,
            ["epochsWithoutImprovement"] = EpochsWithoutImprovement
        };
        if (BestWeights is not null) values["bestWeights"] = BestWeights;
        return values;
    }

    internal static TrainingProgress From(IReadOnlyDictionary<string, object> values) => new()
    {
        Epoch = (int)values["epoch"],
        BestLoss = (double)values["bestLoss"],
        EpochsWithoutImprovement = (int)values["epochsWithoutImprovement"],
        BestWeights = values.TryGetValue("bestWeights", out var weights) ? (byte[])weights : null,
    };
}
