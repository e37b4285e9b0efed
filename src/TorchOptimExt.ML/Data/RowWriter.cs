using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace TorchOptimExt.ML.Data;

/// <summary>Writes rows one after another into tensors. They gather in a buffer, since a tensor's memory is costly to reach.</summary>
internal sealed class RowWriter
{
    private const int BufferBytes = 1 << 20;

    private readonly TrainingRows rows;
    private readonly int inputs, outputs, capacity;
    private readonly float[] features, labels, weights;
    private int gathered;

    internal RowWriter(TrainingRows rows)
    {
        this.rows = rows;
        (inputs, outputs) = ((int)rows.Inputs, (int)(rows.Labels.numel() / rows.Count));
        capacity = (int)Math.Clamp(BufferBytes / sizeof(float) / inputs, 1, Math.Max(1, rows.Count));
        (features, labels, weights) = (new float[capacity * inputs], new float[capacity * outputs], new float[capacity]);
    }

    /// <summary>How many rows were written.</summary>
    internal long Written { get; private set; }

    /// <summary>Where the next row's features go.</summary>
    internal Span<float> Features => features.AsSpan(gathered * inputs, inputs);

    /// <summary>Where the next row's label goes.</summary>
    internal Span<float> Label => labels.AsSpan(gathered * outputs, outputs);

    /// <summary>Completes the row whose features and label were written.</summary>
    internal void Add(float weight)
    {
        weights[gathered] = weight;
        if (++gathered == capacity) Flush();
    }

    /// <summary>Writes what has gathered. To be called after the last row.</summary>
    internal void Flush()
    {
        if (gathered == 0) return;
        Copy(features.AsSpan(0, gathered * inputs), rows.Features);
        Copy(labels.AsSpan(0, gathered * outputs), rows.Labels);
        if (rows.Weights is { } column) Copy(weights.AsSpan(0, gathered), column);
        (Written, gathered) = (Written + gathered, 0);
    }

    private void Copy(ReadOnlySpan<float> values, Tensor target)
    {
        using var block = target.narrow(0, Written, gathered);
        values.CopyTo(MemoryMarshal.Cast<byte, float>(block.bytes));
    }
}
