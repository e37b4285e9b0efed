using TorchOptimExt.ML.Training;

namespace TorchOptimExt.Benchmarks.MlNet;

/// <summary>Keeps the reports of a training, in the training's thread.</summary>
internal sealed class GatheredReports(List<EpochReport> reports) : IProgress<EpochReport>
{
    public void Report(EpochReport value) => reports.Add(value);
}
