using static TorchSharp.torch;

namespace TorchOptimExt.ML.Data;

/// <summary>Rows in memory: features [rows, inputs], labels [rows] and, where given, weights [rows], all float32.</summary>
internal sealed record TrainingRows(Tensor Features, Tensor Labels, Tensor? Weights) : IDisposable
{
    internal long Count => Features.shape[0];
    internal long Inputs => Features.shape[1];

    /// <summary>Some of the rows, copied.</summary>
    internal TrainingRows Select(Tensor places) => new(Features.index_select(0, places), Labels.index_select(0, places), Weights?.index_select(0, places));

    internal TrainingRows To(Device device) => new(Features.to(device), Labels.to(device), Weights?.to(device));

    public void Dispose()
    {
        Features.Dispose();
        Labels.Dispose();
        Weights?.Dispose();
    }
}
