using System.Numerics;
using System.Runtime.InteropServices;
using Microsoft.ML;
using Microsoft.ML.Data;
using static TorchSharp.torch;

namespace TorchOptimExt.ML.Data;

/// <summary>Reads a data view into tensors, once, into memory of the final size; checks every value on the way.</summary>
internal sealed class RowReader(TaskKind task, string labelColumn, string featureColumn, string? weightColumn)
{
    /// <summary>All rows. Throws where a column is missing, of another type, or holds what cannot be trained on.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or of another type.</exception>
    /// <exception cref="InvalidOperationException">There are no rows, or a row has features of another length, NaN or infinite values, a missing label or a negative weight.</exception>
    internal TrainingRows Read(IDataView data) => Read(data, Count(data), null).train;

    /// <summary>All rows, of which a share, drawn by the seed, is set apart for validation.</summary>
    /// <inheritdoc cref="Read(IDataView)" path="/exception"/>
    internal (TrainingRows train, TrainingRows? validation) Read(IDataView data, double validationFraction, long seed)
    {
        var count = Count(data);
        if (validationFraction == 0) return Read(data, count, null);
        var kept = Math.Max(1, (long)Math.Round(count * validationFraction));
        if (kept >= count) throw new InvalidOperationException($"A validation fraction of {validationFraction} leaves none of {count} rows for training.");
        return Read(data, count, Draw(count, kept, seed));
    }

    private (TrainingRows train, TrainingRows? validation) Read(IDataView data, long count, bool[]? apart)
    {
        if (count == 0) throw new InvalidOperationException("The training data has no rows.");
        var inputs = InputCount(Column(data, featureColumn, "feature"));
        var kept = apart is null ? 0 : apart.LongCount(a => a);
        var train = New(count - kept, inputs);
        var validation = apart is null ? null : New(kept, inputs);
        try
        {
            Fill(data, train, validation, count, apart);
            return (WithClasses(train), validation is null ? null : WithClasses(validation));
        }
        catch
        {
            train.Dispose();
            validation?.Dispose();
            throw;
        }
    }

    // As the loss takes them; done once for all epochs.
    private TrainingRows WithClasses(TrainingRows rows)
    {
        if (task != TaskKind.MulticlassClassification) return rows;
        using (rows.Labels) return rows with { Labels = rows.Labels.to_type(ScalarType.Int64) };
    }

    private TrainingRows New(long rows, int inputs) => new(empty(rows, inputs), empty(rows), weightColumn is null ? null : empty(rows));

    private static bool[] Draw(long count, long kept, long seed)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator((ulong)seed);
        var apart = new bool[count];
        foreach (var row in MemoryMarshal.Cast<byte, long>(randperm(count, generator: generator).narrow(0, 0, kept).bytes)) apart[row] = true;
        return apart;
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

    private void Fill(IDataView data, TrainingRows train, TrainingRows? validation, long count, bool[]? apart)
    {
        var (label, features) = (Column(data, labelColumn, "label"), Column(data, featureColumn, "feature"));
        CheckLabelType(label);
        var weight = weightColumn is null ? (DataViewSchema.Column?)null : Column(data, weightColumn, "weight");
        if (weight is { } w && w.Type != NumberDataViewType.Single) throw Unfit(w, "weight", "Single");

        using var cursor = data.GetRowCursor(weight is { } active ? [label, features, active] : [label, features]);
        var (getLabel, getWeight) = (LabelGetter(cursor, label), WeightGetter(cursor, weight));
        var getFeatures = cursor.GetGetter<VBuffer<float>>(features);
        var (trainWriter, validationWriter) = (new RowWriter(train), validation is null ? null : new RowWriter(validation));
        VBuffer<float> row = default;
        long at = 0;
        for (; cursor.MoveNext(); at++)
        {
            if (at == count) throw new InvalidOperationException($"The data announced {count} rows and gives more.");
            var writer = apart is not null && apart[at] ? validationWriter! : trainWriter;
            getFeatures(ref row);
            CopyFeatures(row, writer.Features, at);
            writer.Add(getLabel(at), getWeight(at));
        }
        if (at < count) throw new InvalidOperationException($"The data announced {count} rows and gave {at}.");
        CheckWeights(train);
        if (validation is not null) CheckWeights(validation);
    }

    private void CopyFeatures(in VBuffer<float> row, Span<float> target, long at)
    {
        if (row.Length != target.Length) throw new InvalidOperationException($"Row {at} has {row.Length} features in column '{featureColumn}'; it must have {target.Length}.");
        row.CopyTo(target);
        if (!AllFinite(target)) throw NotFinite(at, featureColumn, "features");
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
                return row => { var number = 0f; getNumber(ref number); return float.IsFinite(number) ? number : throw NotFinite(row, label.Name, "label"); };
        }
    }

    private static Func<long, float> WeightGetter(DataViewRowCursor cursor, DataViewSchema.Column? weight)
    {
        if (weight is not { } column) return static _ => 1;
        var get = cursor.GetGetter<float>(column);
        return row =>
        {
            var value = 0f;
            get(ref value);
            if (!float.IsFinite(value)) throw NotFinite(row, column.Name, "weight");
            return value >= 0 ? value : throw new InvalidOperationException($"Row {row} has the negative weight {value} in column '{column.Name}'.");
        };
    }

    // A key counts from 1; 0 is a missing value.
    private static Func<long, float> KeyGetter(DataViewRowCursor cursor, DataViewSchema.Column label)
    {
        var (classes, type) = ((ulong)ClassCount(label), label.Type.RawType);
        return type == typeof(byte) ? Of<byte>() : type == typeof(ushort) ? Of<ushort>() : type == typeof(uint) ? Of<uint>() : Of<ulong>();

        Func<long, float> Of<T>() where T : struct, IBinaryInteger<T>
        {
            var get = cursor.GetGetter<T>(label);
            return row => { T key = default; get(ref key); return Class(ulong.CreateTruncating(key), row); };
        }

        float Class(ulong key, long row) =>
            key == 0 ? throw new InvalidOperationException($"Row {row} has no label in column '{label.Name}': its value is not among the keys. Filter such rows out.")
            : key <= classes ? key - 1 : throw new InvalidOperationException($"Row {row} has the label key {key} in column '{label.Name}', which has {classes} keys.");
    }

    private void CheckWeights(TrainingRows rows)
    {
        if (rows.TotalWeight() == 0) throw new InvalidOperationException($"All {rows.Count} weights in column '{weightColumn}' are 0.");
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
