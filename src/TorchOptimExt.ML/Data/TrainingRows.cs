using static TorchSharp.torch;

namespace TorchOptimExt.ML.Data;

/// <summary>
/// Rows to train on: features, labels [rows] or [rows, outputs] and, where given, weights [rows], all float32; classes as int64.
/// </summary>
internal sealed record TrainingRows(FeatureRows Features, Tensor Labels, Tensor? Weights) : IDisposable
{
    internal long Count => Features.Count;
    internal long Inputs => Features.Inputs;

    /// <summary>The sum of the weights, which are 1 where none are given.</summary>
    internal double TotalWeight()
    {
        if (Weights is null) return Count;
        using var scope = NewDisposeScope();
        return Weights.to_type(ScalarType.Float64).sum().item<double>();
    }

    /// <summary>Some of the rows, copied.</summary>
    internal TrainingRows Select(Tensor places) => new(Features.Select(places), Labels.index_select(0, places),
        Weights?.index_select(0, places));

    /// <summary>The rows from one on, in the same memory.</summary>
    internal TrainingRows Slice(long from, long count) => new(Features.Slice(from, count), Labels.narrow(0, from, count),
        Weights?.narrow(0, from, count));

    internal TrainingRows To(Device device) => new(Features.To(device), Labels.to(device), Weights?.to(device));

    /// <summary>These rows where they are on the device, else a copy there and no longer these.</summary>
    internal TrainingRows OnTo(Device device)
    {
        if (Features.Device.type == device.type) return this;
        using (this) return To(device);
    }

    /// <summary>CRC-32C over all numbers: tells whether a checkpoint is of these rows.</summary>
    internal uint Checksum()
    {
        var crc = FeatureRows.Checksum(Labels, Features.Checksum(0));
        return Weights is null ? crc : FeatureRows.Checksum(Weights, crc);
    }

    public void Dispose()
    {
        Features.Dispose();
        Labels.Dispose();
        Weights?.Dispose();
    }
}
