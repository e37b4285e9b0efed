using System.Numerics;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace TorchOptimExt.ML.Data;

/// <summary>The features of rows, float32, of which all or few are written down.</summary>
internal abstract class FeatureRows : IDisposable
{
    private protected const int SampledRows = 10_000, SampledNumbers = 1 << 24;
    private protected const double Often = 0.01;

    internal abstract long Count { get; }

    internal abstract long Inputs { get; }

    internal abstract Device Device { get; }

    /// <summary>All numbers, [rows, inputs], which belong to these rows.</summary>
    internal abstract Tensor Dense();

    /// <summary>Some of the rows, copied.</summary>
    internal abstract FeatureRows Select(Tensor places);

    /// <summary>The rows from one on, in the same memory.</summary>
    internal abstract FeatureRows Slice(long from, long count);

    internal abstract FeatureRows To(Device device);

    /// <summary>Mean and deviation of each feature, weighted where weights are given.</summary>
    internal abstract Scale Scale(Tensor? weights);

    /// <summary>Standardizes the rows in place.</summary>
    internal abstract void Standardize(Scale scale);

    /// <summary>
    /// The largest absolute value of each feature in a sample of the rows; 0 where it is 0 in 99 of 100 rows, as pixels at the border are:
    /// what else it is tells too little of its scale.
    /// </summary>
    internal abstract Tensor Largest();

    /// <summary>CRC-32C over all numbers.</summary>
    internal abstract uint Checksum(uint crc);

    public abstract void Dispose();

    /// <summary>CRC-32C over a tensor's numbers.</summary>
    internal static uint Checksum(Tensor tensor, uint crc)
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
}
