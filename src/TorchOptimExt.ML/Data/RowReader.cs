using System.Numerics;
using System.Runtime.InteropServices;
using Microsoft.ML;
using Microsoft.ML.Data;
using TorchOptimExt.ML.Scoring;
using TorchSharp;
using static TorchSharp.torch;

namespace TorchOptimExt.ML.Data;

/// <summary>Reads a data view into tensors, once, into memory of the final size; checks every value on the way.</summary>
internal sealed class RowReader(TaskKind task, string labelColumn, string featureColumn, string? weightColumn)
{
    /// <summary>All rows. Throws where a column is missing, of another type, or holds what cannot be trained on.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or of another type.</exception>
    /// <exception cref="InvalidOperationException">There are no rows, or a row has features of another length, NaN or infinite values, a missing label or a negative weight.</exception>
    internal TrainingRows Read(IDataView data)
    {
        var (label, features, weight) = (Column(data, labelColumn, "label"), Column(data, featureColumn, "feature"), weightColumn is null ? (DataViewSchema.Column?)null : Column(data, weightColumn, "weight"));
        var inputs = InputCount(features);
        CheckLabelType(label);
        if (weight is { } w && w.Type != NumberDataViewType.Single) throw Unfit(w, "weight", "Single");
        var rows = Count(data);
        if (rows == 0) throw new InvalidOperationException("The training data has no rows.");
        TrainingRows read = new(empty(rows, inputs), empty(rows), weight is null ? null : empty(rows));
        try
        {
            Fill(data, read, label, features, weight, inputs, rows);
            CheckValues(read);
            return read;
        }
        catch
        {
            read.Dispose();
            throw;
        }
    }

    /// <summary>The width of a feature column.</summary>
    internal static int InputCount(DataViewSchema.Column features) =>
        features.Type is VectorDataViewType { Size: > 0 } vector && vector.ItemType == NumberDataViewType.Single ? vector.Size : throw Unfit(features, "feature", "a vector of Single of known size");

    /// <summary>The number of classes of a key column.</summary>
    internal static int ClassCount(DataViewSchema.Column label) =>
        label.Type is KeyDataViewType { Count: > 0 and <= int.MaxValue } key ? (int)key.Count : throw Unfit(label, "label", "a key of known size: map it with MapValueToKey");

    internal static DataViewSchema.Column Column(IDataView data, string name, string role) =>
        data.Schema.GetColumnOrNull(name) ?? throw new ArgumentOutOfRangeException(nameof(data), $"The data has no {role} column '{name}'. Its columns are {string.Join(", ", data.Schema.Select(c => c.Name))}.");

    private void CheckLabelType(DataViewSchema.Column label)
    {
        if (task == TaskKind.MulticlassClassification) ClassCount(label);
        else if (task == TaskKind.BinaryClassification && label.Type != BooleanDataViewType.Instance) throw Unfit(label, "label", "Boolean");
        else if (task == TaskKind.Regression && label.Type != NumberDataViewType.Single) throw Unfit(label, "label", "Single");
    }

    private static ArgumentOutOfRangeException Unfit(DataViewSchema.Column column, string role, string wanted) =>
        new("data", $"The {role} column '{column.Name}' is {column.Type}; it must be {wanted}.");

    private static long Count(IDataView data)
    {
        if (data.GetRowCount() is { } known) return known;
        long rows = 0;
        using var cursor = data.GetRowCursor([]);
        while (cursor.MoveNext()) rows++;
        return rows;
    }

    private void Fill(IDataView data, TrainingRows read, DataViewSchema.Column label, DataViewSchema.Column features, DataViewSchema.Column? weight, int inputs, long rows)
    {
        using var cursor = data.GetRowCursor(weight is { } w ? [label, features, w] : [label, features]);
        var getLabel = LabelGetter(cursor, label);
        var getFeatures = cursor.GetGetter<VBuffer<float>>(features);
        var getWeight = weight is { } column ? cursor.GetGetter<float>(column) : null;
        using var blocks = new RowBlocks(read, inputs);
        VBuffer<float> row = default;
        long at = 0;
        for (; at < rows && cursor.MoveNext(); at++)
        {
            getFeatures(ref row);
            if (row.Length != inputs) throw new InvalidOperationException($"Row {at} has {row.Length} features in column '{features.Name}'; the others have {inputs}.");
            var values = blocks.Features(at);
            row.CopyTo(values);
            if (!AllFinite(values)) throw NotFinite(at, features.Name, "features");
            blocks.Labels[(int)(at - blocks.From)] = getLabel(at);
            if (getWeight is not null) getWeight(ref blocks.Weights[(int)(at - blocks.From)]);
        }
        if (at < rows) throw new InvalidOperationException($"The data announced {rows} rows and gave {at}.");
    }

    private Func<long, float> LabelGetter(DataViewRowCursor cursor, DataViewSchema.Column label)
    {
        switch (task)
        {
            case TaskKind.BinaryClassification:
                var getTruth = cursor.GetGetter<bool>(label);
                return _ => { var truth = false; getTruth(ref truth); return truth ? 1 : 0; };
            case TaskKind.MulticlassClassification:
                return KeyGetter(cursor, label);
            default:
                var getNumber = cursor.GetGetter<float>(label);
                return _ => { var number = 0f; getNumber(ref number); return number; };
        }
    }

    // A key counts from 1; 0 is a missing value.
    private static Func<long, float> KeyGetter(DataViewRowCursor cursor, DataViewSchema.Column label)
    {
        if (label.Type.RawType == typeof(byte))
        {
            var get = cursor.GetGetter<byte>(label);
            return row => { byte key = 0; get(ref key); return Class(key, row); };
        }
        if (label.Type.RawType == typeof(ushort))
        {
            var get = cursor.GetGetter<ushort>(label);
            return row => { ushort key = 0; get(ref key); return Class(key, row); };
        }
        var getKey = cursor.GetGetter<uint>(label);
        return row => { uint key = 0; getKey(ref key); return Class(key, row); };

        float Class(uint key, long row) => key > 0 ? key - 1 : throw new InvalidOperationException($"Row {row} has no label in column '{label.Name}': its value is not among the keys. Filter such rows out.");
    }

    private void CheckValues(TrainingRows read)
    {
        using var scope = NewDisposeScope();
        CheckFinite(read.Labels, labelColumn, "label");
        if (read.Weights is not { } weights) return;
        CheckFinite(weights, weightColumn!, "weight");
        if (weights.lt(0).any().ToBoolean()) throw new InvalidOperationException($"Row {weights.argmin().ToInt64()} has a negative weight in column '{weightColumn}'.");
        if (weights.sum().ToDouble() == 0) throw new InvalidOperationException($"All weights in column '{weightColumn}' are 0.");
    }

    private static void CheckFinite(Tensor perRow, string column, string what)
    {
        var unfit = perRow.isfinite().logical_not();
        if (unfit.any().ToBoolean()) throw NotFinite(unfit.@int().argmax().ToInt64(), column, what);
    }

    private static InvalidOperationException NotFinite(long row, string column, string what) =>
        new($"Row {row} has NaN or infinite {what} in column '{column}'. Replace missing values or filter such rows out.");

    // 0 times a number is 0, times NaN or infinity it is NaN, and NaN stays in a sum.
    private static bool AllFinite(ReadOnlySpan<float> values)
    {
        var sum = Vector<float>.Zero;
        var registers = MemoryMarshal.Cast<float, Vector<float>>(values);
        foreach (var register in registers) sum += register * 0;
        var total = Vector.Sum(sum);
        foreach (var value in values[(registers.Length * Vector<float>.Count)..]) total += value * 0;
        return total == 0;
    }
}
