using TorchOptimExt;
using TorchOptimExt.ML;
using TorchOptimExt.ML.Training;
using static TorchSharp.torch;

namespace MlTraining;

/// <summary>Trainings that a test and its process share.</summary>
public static class Trainings
{
    /// <summary>The epochs of <see cref="WithCheckpoint"/>.</summary>
    public const int Epochs = 30;

    /// <summary>Has everything that a resumed training must find again: momentum, dropout, a schedule, validation, best weights, batch statistics.</summary>
    public static TorchTrainerOptions WithCheckpoint(string? path) => new()
    {
        LabelColumnName = "Number",
        Mlp = new() { HiddenSizes = [16, 8], Dropout = 0.2, BatchNormalization = true },
        Optimizer = parameters => optim.fused.Adam(parameters, 0.01),
        Scheduler = optimizer => optim.lr_scheduler.CosineAnnealingLR(optimizer, Epochs),
        Epochs = Epochs,
        BatchSize = 32,
        Seed = 5,
        ValidationFraction = 0.2,
        CheckpointPath = path,
    };

    /// <summary>The same with its rows in a folder.</summary>
    public static TorchTrainerOptions OnDisk(string folder)
    {
        var options = WithCheckpoint(null);
        (options.RowCache, options.CacheDirectory) = (RowCache.Disk, folder);
        return options;
    }
}

/// <summary>Says each epoch.</summary>
public sealed class Spoken : IProgress<EpochReport>
{
    /// <inheritdoc/>
    public void Report(EpochReport value)
    {
        ArgumentNullException.ThrowIfNull(value);
        Console.WriteLine($"epoch {value.Epoch}");
    }
}
