using System.Numerics;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace TorchOptimExt.ML.Data;

/// <summary>
/// Rows in memory: features [rows, inputs], labels [rows] and, where given, weights [rows], all float32; classes as int64.
/// </summary>
internal sealed record TrainingRows(Tensor Features, Tensor Labels, Tensor? Weights) : IDisposable
{
    internal long Count => Features.shape[0];
    internal long Inputs => Features.shape[1];

    /// <summary>The sum of the weights, which are 1 where none are given.</summary>
    internal double TotalWeight()
    {
        if (Weights is null) return Count;
        using var scope = NewDisposeScope();
        return Weights.to_type(ScalarType.Float64).sum().item<double>();
    }

    /// <summary>Some of the rows, copied.</summary>
    internal TrainingRows Select(Tensor places) => new(Features.index_select(0, places), Labels.index_select(0, places),
        Weights?.index_select(0, places));

    /// <summary>The rows from one on, in the same memory.</summary>
    internal TrainingRows Slice(long from, long count) => new(Features.narrow(0, from, count), Labels.narrow(0, from, count),
        Weights?.narrow(0, from, count));

    internal TrainingRows To(Device device) => new(Features.to(device), Labels.to(device), Weights?.to(device));

    /// <summary>CRC-32C over all numbers: tells whether a checkpoint is of these rows.</summary>
    internal uint Checksum()
    {
        var crc = Checksum(Labels, Checksum(Features, 0));
        return Weights is null ? crc : Checksum(Weights, crc);
    }

    private static uint Checksum(Tensor tensor, uint crc)
    {
        const long block = 1 << 20;
        using var flat = tensor.flatten();
        for (long from = 0; from < flat.numel(); from += block)
        {
            using var part = flat.narrow(0, from, Math.Min(block, flat.numel() - from)).cpu();
            var bytes = part.bytes;
            var words = MemoryMarshal.Cast<byte, ulong>(bytes);
            foreach (var word in words) crc = BitOperations.Crc32C(crc, word);
            foreach (var rest in bytes[(words.Length * sizeof(ulong))..]) crc = BitOperations.Crc32C(crc, rest);
        }
        return crc;
    }

    public void Dispose()
    {
        Features.Dispose();
        Labels.Dispose();
        Weights?.Dispose();
    }
}
