using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace TorchOptimExt.ML.Data;

/// <summary>Writes rows in order into tensors of any size: a span reaches 2 GiB, so the rows are taken in blocks.</summary>
internal sealed class RowBlocks : IDisposable
{
    private const long BlockBytes = 1 << 28;

    private readonly TrainingRows rows;
    private readonly int inputs;
    private readonly long length;
    private Tensor? features, labels, weights;
    private long to;

    internal RowBlocks(TrainingRows rows, int inputs)
    {
        (this.rows, this.inputs) = (rows, inputs);
        length = Math.Max(1, BlockBytes / (inputs * sizeof(float)));
    }

    /// <summary>The first row of the block.</summary>
    internal long From { get; private set; }

    internal Span<float> Labels => Numbers(labels!);
    internal Span<float> Weights => Numbers(weights!);

    /// <summary>The features of a row; moves on to its block.</summary>
    internal Span<float> Features(long row)
    {
        if (row >= to) MoveTo(row);
        return Numbers(features!).Slice((int)(row - From) * inputs, inputs);
    }

    private void MoveTo(long row)
    {
        Dispose();
        From = row;
        var n = Math.Min(length, rows.Count - row);
        to = row + n;
        features = rows.Features.narrow(0, row, n).DetachFromDisposeScope();
        labels = rows.Labels.narrow(0, row, n).DetachFromDisposeScope();
        weights = rows.Weights?.narrow(0, row, n).DetachFromDisposeScope();
    }

    private static Span<float> Numbers(Tensor tensor) => MemoryMarshal.Cast<byte, float>(tensor.bytes);

    public void Dispose()
    {
        features?.Dispose();
        labels?.Dispose();
        weights?.Dispose();
    }
}
