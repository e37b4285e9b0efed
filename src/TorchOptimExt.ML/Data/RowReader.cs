using System.Runtime.InteropServices;
using Microsoft.ML;
using Microsoft.ML.Data;
using static TorchSharp.torch;

namespace TorchOptimExt.ML.Data;

/// <summary>Which columns are read.</summary>
internal sealed record RowColumns(LabelColumn LabelKind, string Label, string Features, string? Weight);

/// <summary>Reads a data view into tensors, once; checks every value on the way.</summary>
/// <param name="columns">The columns to read.</param>
/// <param name="source">What the data is called in errors.</param>
/// <param name="store">Where the rows lie.</param>
/// <param name="announce">Is told, when the first row is seen, how many bytes all may take: of sparse rows, while they stay so.</param>
/// <param name="skipBadRows">Whether rows that cannot be trained on are left out, and counted, instead of ending the training.</param>
/// <param name="cancellation">Seen before each row.</param>
internal sealed class RowReader(RowColumns columns, string source, RowStore store, Action<double> announce, bool skipBadRows,
    CancellationToken cancellation)
{
    /// <summary>What data to train on is called.</summary>
    internal const string TrainingData = "training data";

    /// <summary>How many rows were left out, by the first that was wrong with them.</summary>
    internal SortedDictionary<string, long> Skipped { get; } = new(StringComparer.Ordinal);

    /// <summary>All rows. Throws where a column is missing, of another type, or holds what cannot be trained on.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or of another type.</exception>
    /// <exception cref="InvalidOperationException">There are no rows, or a row cannot be trained on.</exception>
    internal TrainingRows Read(IDataView data) => Read(data, Count(data), null).train;

    /// <summary>All rows, of which a share, drawn by the seed, is set apart for validation.</summary>
    /// <inheritdoc cref="Read(IDataView)" path="/exception"/>
    internal (TrainingRows train, TrainingRows? validation) Read(IDataView data, double validationFraction, long seed)
    {
        var count = Count(data);
        if (validationFraction == 0) return Read(data, count, null);
        var kept = Math.Max(1, (long)Math.Round(count * validationFraction));
        if (kept >= count)
            throw new InvalidOperationException(
                FormattableString.Invariant($"A validation fraction of {validationFraction} leaves none of {count} rows for training."));
        return Read(data, count, Draw(count, kept, seed));
    }

    private (TrainingRows train, TrainingRows? validation) Read(IDataView data, long count, bool[]? apart)
    {
        if (count == 0) throw new InvalidOperationException($"The {source} has no rows.");
        var inputs = Columns.Inputs(Columns.Named(data.Schema, columns.Features, "feature"));
        var outputs = columns.LabelKind.Width(Columns.Named(data.Schema, columns.Label, "label"));
        var kept = apart is null ? 0 : apart.LongCount(a => a);
        using var train = New(count - kept, inputs, outputs);
        using var validation = apart is null ? null : New(kept, inputs, outputs);
        Fill(data, train, validation, count, apart);
        var rows = Whole(train, source);
        try { return (rows, validation is null ? null : Whole(validation, "rows set apart by ValidationFraction")); }
        catch
        {
            rows.Dispose();
            throw;
        }
    }

    private RowWriter New(long rows, int inputs, int outputs) => new(store, rows, inputs,
        columns.LabelKind is LabelColumn.Numbers or LabelColumn.Truths ? outputs : null, columns.Weight is not null);

    // Without the rows that were left out; classes as the loss takes them, done once for all epochs.
    private TrainingRows Whole(RowWriter writer, string part)
    {
        if (writer.Written == 0)
            throw new InvalidOperationException($"None of {writer.Announced} rows of the {part} can be used: "
                + $"{string.Join("; ", Skipped.Select(s => $"{s.Value} {s.Key}"))}.");
        var rows = writer.End();
        if (columns.Weight is not null && rows.TotalWeight() == 0)
        {
            using (rows)
                throw new InvalidOperationException($"All {rows.Count} weights in column '{columns.Weight}' are 0 in the {part}.");
        }
        if (columns.LabelKind is not LabelColumn.Class) return rows;
        using (rows.Labels) return rows with { Labels = rows.Labels.to_type(ScalarType.Int64) };
    }

    private static bool[] Draw(long count, long kept, long seed)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator((ulong)seed);
        var apart = new bool[count];
        foreach (var row in MemoryMarshal.Cast<byte, long>(randperm(count, generator: generator).narrow(0, 0,
            kept).bytes)) apart[row] = true;
        return apart;
    }

    private long Count(IDataView data)
    {
        if (data.GetRowCount() is { } known) return known;
        long rows = 0;
        using var cursor = data.GetRowCursor([]);
        while (cursor.MoveNext())
        {
            cancellation.ThrowIfCancellationRequested();
            rows++;
        }
        return rows;
    }

    private void Fill(IDataView data, RowWriter train, RowWriter? validation, long count, bool[]? apart)
    {
        var (label, features) = (Columns.Named(data.Schema, columns.Label, "label"), Columns.Named(data.Schema, columns.Features,
            "feature"));
        var weight = columns.Weight is null ? (DataViewSchema.Column?)null : Columns.Named(data.Schema, columns.Weight, "weight");
        if (weight is { } w && w.Type != NumberDataViewType.Single) throw Columns.Unfit(w, "weight", "Single");

        using var cursor = data.GetRowCursor(weight is { } active ? [label, features, active] : [label, features]);
        var (getLabel, getWeight) = (columns.LabelKind.Getter(cursor, label), WeightGetter(cursor, weight));
        var getFeatures = cursor.GetGetter<VBuffer<float>>(features);
        var inputs = Columns.Inputs(features);
        VBuffer<float> row = default;
        long at = 0;
        for (; cursor.MoveNext(); at++)
        {
            cancellation.ThrowIfCancellationRequested();
            if (at == count) throw Unsteady(count, "more");
            var writer = apart is not null && apart[at] ? validation! : train;
            getFeatures(ref row);
            CheckWidth(row, inputs, at);
            if (at == 0) announce(count * Bytes(row, train));
            if (Good(at, features.Name, writer.Take(row)) && Good(at, label.Name, getLabel(writer.Label))
                && GoodWeight(at, weight, getWeight(), out var value))
                writer.Add(value);
        }
        if (at < count) throw Unsteady(count, $"{at}");
    }

    private InvalidOperationException Unsteady(long count, string gave) => new($"The {source} has {count} rows when they are counted and "
        + $"{gave} when they are read. It must give the same rows each time it is read: put them into a list or a file first.");

    private string Named(long row) => source == TrainingData ? $"Row {row}" : $"Row {row} of the {source}";

    private bool Good(long row, string column, string? fault)
    {
        if (fault is null) return true;
        if (!skipBadRows)
            throw new InvalidOperationException($"{Named(row)} {fault} in column '{column}'. Replace missing values, filter such rows "
                + "out, or leave BadRows at Skip.");
        var kind = $"with '{column}' that {fault}";
        Skipped[kind] = Skipped.GetValueOrDefault(kind) + 1;
        return false;
    }

    private bool GoodWeight(long row, DataViewSchema.Column? weight, float value, out float accepted)
    {
        accepted = value;
        if (weight is not { } column) return true;
        if (value < 0)
            throw new InvalidOperationException($"{Named(row)} has the negative weight "
                + FormattableString.Invariant($"{value} in column '{column.Name}'; a weight must be at least 0."));
        return Good(row, column.Name, float.IsFinite(value) ? null : "has NaN or infinite weight");
    }

    // A number that is written down takes its slot and value.
    private static double Bytes(in VBuffer<float> row, RowWriter writer) => sizeof(float)
        * ((row.IsDense ? row.Length : 2 * FeatureWriter.Adaptive.Density * row.Length) + writer.NumbersBeside);

    private void CheckWidth(in VBuffer<float> row, int inputs, long at)
    {
        if (row.Length != inputs)
            throw new InvalidOperationException($"{Named(at)} has {row.Length} features in column '{columns.Features}'; it must have "
                + $"{inputs}.");
    }

    private static Func<float> WeightGetter(DataViewRowCursor cursor, DataViewSchema.Column? weight)
    {
        if (weight is not { } column) return static () => 1;
        var get = cursor.GetGetter<float>(column);
        return () =>
        {
            var value = 0f;
            get(ref value);
            return value;
        };
    }
}
