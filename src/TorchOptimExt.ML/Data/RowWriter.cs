using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace TorchOptimExt.ML.Data;

/// <summary>Writes rows one after another into tensors. They gather in a buffer, since a tensor's memory is costly to reach.</summary>
internal sealed class RowWriter
{
    private const int BufferBytes = 1 << 20;

    private readonly TrainingRows rows;
    private readonly int inputs;
    private readonly float[] features, labels, weights;
    private int gathered;

    internal RowWriter(TrainingRows rows)
    {
        this.rows = rows;
        inputs = (int)rows.Inputs;
        var capacity = (int)Math.Clamp(BufferBytes / sizeof(float) / inputs, 1, Math.Max(1, rows.Count));
        (features, labels, weights) = (new float[capacity * inputs], new float[capacity], new float[capacity]);
    }

    /// <summary>How many rows were written.</summary>
    internal long Written { get; private set; }

    /// <summary>Where the next row's features go.</summary>
    internal Span<float> Features => features.AsSpan(gathered * inputs, inputs);

    /// <summary>Completes the row whose features were written.</summary>
    internal void Add(float label, float weight)
    {
        (labels[gathered], weights[gathered]) = (label, weight);
        gathered++;
        if (gathered == labels.Length || Written + gathered == rows.Count) Flush();
    }

    private void Flush()
    {
        Copy(features.AsSpan(0, gathered * inputs), rows.Features);
        Copy(labels.AsSpan(0, gathered), rows.Labels);
        if (rows.Weights is { } column) Copy(weights.AsSpan(0, gathered), column);
        (Written, gathered) = (Written + gathered, 0);
    }

    private void Copy(ReadOnlySpan<float> values, Tensor target)
    {
        using var block = target.narrow(0, Written, gathered);
        values.CopyTo(MemoryMarshal.Cast<byte, float>(block.bytes));
    }
}
