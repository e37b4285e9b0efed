using TorchOptimExt.ML.Training;

namespace MlNetPipeline;

/// <summary>Shows some of the epochs as they end.</summary>
internal sealed class ShownProgress(int every) : IProgress<EpochReport>
{
    public void Report(EpochReport value)
    {
        if (value.Epoch % every != 0) return;
        var validation = value.ValidationLoss is { } loss ? $", in validation {loss:f4}, {value.ValidationMetric:f4}" : "";
        Console.WriteLine($"    epoch {value.Epoch,3}: loss {value.TrainLoss:f4}, {value.MetricName} {value.TrainMetric:f4}{validation}");
    }
}
