using Microsoft.ML.Data;
using static TorchSharp.torch;

namespace TorchOptimExt.ML.Data;

/// <summary>Writes rows one after another.</summary>
/// <param name="store">Where they lie.</param>
/// <param name="rows">How many there will be at most.</param>
/// <param name="inputs">The features of each.</param>
/// <param name="outputs">The numbers of a label; null for a single one, whose tensor is [rows].</param>
/// <param name="weighted">Whether rows have weights.</param>
internal sealed class RowWriter(RowStore store, long rows, int inputs, int? outputs, bool weighted) : IDisposable
{
    private readonly FeatureWriter features = new FeatureWriter.Adaptive(store, rows, inputs);
    private readonly ColumnWriter<float> labels = new(store.Column(ScalarType.Float32, rows * (outputs ?? 1)), rows * (outputs ?? 1));
    private readonly ColumnWriter<float>? weights = weighted ? new(store.Column(ScalarType.Float32, rows), rows) : null;
    private readonly int width = outputs ?? 1;

    /// <summary>How many rows there will be at most.</summary>
    internal long Announced => rows;

    /// <summary>The numbers of a row beside its features.</summary>
    internal int NumbersBeside => width + (weights is null ? 0 : 1);

    /// <summary>How many rows were written.</summary>
    internal long Written { get; private set; }

    /// <summary>Where the next row's label goes.</summary>
    internal Span<float> Label => labels.Next(width);

    /// <summary>Takes the next row's features, and says what is wrong with them, or null.</summary>
    internal string? Take(in VBuffer<float> row) => features.Take(row);

    /// <summary>Completes the row whose features and label were written.</summary>
    internal void Add(float weight)
    {
        features.Keep();
        labels.Keep(width);
        if (weights is not null)
        {
            weights.Next(1)[0] = weight;
            weights.Keep(1);
        }
        Written++;
    }

    /// <summary>The rows that were written.</summary>
    internal TrainingRows End() => new(features.End(Written), outputs is null ? labels.End(Written) : labels.End(Written, width),
        weights?.End(Written));

    public void Dispose()
    {
        features.Dispose();
        labels.Dispose();
        weights?.Dispose();
    }
}
