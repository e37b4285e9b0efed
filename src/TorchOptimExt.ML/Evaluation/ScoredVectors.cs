using Microsoft.ML;
using Microsoft.ML.Data;
using TorchOptimExt.ML.Data;
using TorchOptimExt.ML.Scoring;

namespace TorchOptimExt.ML.Evaluation;

/// <summary>Reads labels, scores and predicted labels of scored rows, which are vectors of one length.</summary>
internal sealed class ScoredVectors
{
    private readonly IDataView data;
    private readonly LabelColumn kind;
    private readonly DataViewSchema.Column label, score;
    private readonly DataViewSchema.Column? predicted;

    internal ScoredVectors(IDataView data, LabelColumn kind, string labelName, string scoreName, string? predictedName)
    {
        (this.data, this.kind) = (data, kind);
        label = Columns.Named(data.Schema, labelName, "label");
        score = Columns.Named(data.Schema, scoreName, "score");
        Width = kind.Width(label);
        Require(score, "score", NumberDataViewType.Single);
        if (predictedName is null) return;
        predicted = Columns.Named(data.Schema, predictedName, "predicted label");
        Require(predicted.Value, "predicted label", BooleanDataViewType.Instance);
    }

    /// <summary>The number of outputs or labels.</summary>
    internal int Width { get; }

    /// <summary>The labels' slot names, or their numbers.</summary>
    internal string[] Names() => LabelKeys.Slots(label) is { } names && names.Values.Count == Width ? [.. names.Values]
        : [.. Enumerable.Range(0, Width).Select(k => k.ToString(System.Globalization.CultureInfo.InvariantCulture))];

    /// <summary>Gives each row's labels, in which NaN is missing, its scores, and its predicted labels where they are read.</summary>
    internal void ForEach(Action<float[], float[], bool[]> row)
    {
        DataViewSchema.Column[] columns = predicted is { } truths ? [label, score, truths] : [label, score];
        using var cursor = data.GetRowCursor(columns);
        var getLabel = kind.Getter(cursor, label);
        var getScore = cursor.GetGetter<VBuffer<float>>(score);
        var getPredicted = predicted is { } column ? cursor.GetGetter<VBuffer<bool>>(column) : null;
        var labels = new float[Width];
        VBuffer<float> scores = default;
        VBuffer<bool> predictions = default;
        while (cursor.MoveNext())
        {
            if (getLabel(labels) is { } fault)
                throw new InvalidOperationException($"Row {cursor.Position} {fault} in column '{label.Name}'.");
            getScore(ref scores);
            getPredicted?.Invoke(ref predictions);
            row(labels, Dense(scores), Dense(predictions));
        }
    }

    private static T[] Dense<T>(VBuffer<T> values) => [.. values.DenseValues()];

    private void Require(DataViewSchema.Column column, string role, PrimitiveDataViewType item)
    {
        if (column.Type is not VectorDataViewType vector || vector.ItemType != item || vector.Size != Width)
            throw Columns.Unfit(column, role, $"a vector of {item} of size {Width}, as the label column '{label.Name}'");
    }
}
