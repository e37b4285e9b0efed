using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML;

/// <summary>Loads, filters, splits, shuffles and caches data.</summary>
public sealed class DataOperationsCatalog
{
    private readonly IHost _host;
    private readonly int? _seed;

    internal DataOperationsCatalog(IHost host, int? seed) => (_host, _seed) = (host, seed);

    public IDataView LoadFromEnumerable<TRow>(IEnumerable<TRow> data, SchemaDefinition schemaDefinition = null)
        where TRow : class
        => new EnumerableDataView<TRow>(Check.NotNull(data, nameof(data)), RowType<TRow>.ForReading(schemaDefinition));

    public IDataView LoadFromEnumerable<TRow>(IEnumerable<TRow> data, DataViewSchema schema)
        where TRow : class
        => new EnumerableDataView<TRow>(Check.NotNull(data, nameof(data)), new(RowType<TRow>.DefinitionFor(Check.NotNull(schema, nameof(schema)))));

    public IEnumerable<TRow> CreateEnumerable<TRow>(IDataView data, bool reuseRowObject, bool ignoreMissingColumns = false, SchemaDefinition schemaDefinition = null)
        where TRow : class, new()
    {
        var type = RowType<TRow>.ForWriting(schemaDefinition);
        return Rows(data, type, type.Needed(Check.NotNull(data, nameof(data)).Schema, ignoreMissingColumns), reuseRowObject, ignoreMissingColumns);
    }

    public IDataView Cache(IDataView input, params string[] columnsToPrefetch)
        => new CachedDataView(Check.NotNull(input, nameof(input)),
            (columnsToPrefetch ?? []).Select(name => Check.Column(input.Schema, "prefetch", name, nameof(columnsToPrefetch))));

    public IDataView FilterRowsByColumn(IDataView input, string columnName, double lowerBound = double.NegativeInfinity, double upperBound = double.PositiveInfinity)
    {
        Check.NotNull(input, nameof(input));
        Check.Argument(lowerBound < upperBound, nameof(upperBound), "Must be less than lowerBound");
        var column = input.Schema[Check.NonEmpty(columnName, nameof(columnName))];
        if (column.Type != NumberDataViewType.Single && column.Type != NumberDataViewType.Double)
            throw Check.SchemaMismatch("filter", columnName, "number", column.Type.ToString(), nameof(columnName));
        return new FilteredDataView(input, [column], row =>
        {
            var read = RowFractions.Number(row, column);
            return () => read() is var value && value >= lowerBound && (value < upperBound || (double.IsPositiveInfinity(upperBound) && value <= upperBound));
        });
    }

    public IDataView FilterRowsByMissingValues(IDataView input, params string[] columns)
    {
        Check.NotNull(input, nameof(input));
        Check.Argument(columns is { Length: > 0 }, nameof(columns), "At least one column is needed");
        DataViewSchema.Column[] tested = [.. columns.Select(name => Check.Column(input.Schema, "input", name))];
        foreach (var column in tested)
            Check.Argument(MissingValues.Exist(column.Type), nameof(columns), $"Column '{column.Name}' has type {column.Type} which does not support missing values, so we cannot filter on them");
        return new FilteredDataView(input, tested, row =>
        {
            var tests = tested.Select(column => MissingValues.Test(row, column)).ToArray();
            return () => !tests.Any(isMissing => isMissing());
        });
    }

    public IDataView ShuffleRows(IDataView input, int? seed = null, int shufflePoolSize = 1000, bool shuffleSource = true)
    {
        Check.NotNull(input, nameof(input));
        Check.Argument(shufflePoolSize > 0, nameof(shufflePoolSize), "Must be positive");
        return new ShuffledDataView(input, seed ?? _host.Rand.Next(), shufflePoolSize, shuffleSource);
    }

    public IDataView SkipRows(IDataView input, long count)
    {
        Check.NotNull(input, nameof(input));
        Check.Argument(count > 0, nameof(count), "Must be greater than zero.");
        return new SkipTakeDataView(input, count, long.MaxValue);
    }

    public IDataView TakeRows(IDataView input, long count)
    {
        Check.NotNull(input, nameof(input));
        Check.Argument(count > 0, nameof(count), "Must be greater than zero.");
        return new SkipTakeDataView(input, 0, count);
    }

    public TrainTestData TrainTestSplit(IDataView data, double testFraction = 0.1, string samplingKeyColumnName = null, int? seed = null)
    {
        Check.NotNull(data, nameof(data));
        Check.Argument(testFraction is > 0 and < 1, nameof(testFraction), "Must be between 0 and 1 exclusive");
        var fractions = new RowFractions(data, samplingKeyColumnName, seed ?? _seed ?? _host.Rand.Next());
        return fractions.Split(fraction => fraction is >= 0 && fraction < testFraction);
    }

    public IReadOnlyList<TrainTestData> CrossValidationSplit(IDataView data, int numberOfFolds = 5, string samplingKeyColumnName = null, int? seed = null)
    {
        Check.NotNull(data, nameof(data));
        Check.Argument(numberOfFolds > 1, nameof(numberOfFolds), "Must be more than 1");
        var fractions = new RowFractions(data, samplingKeyColumnName, seed ?? _seed ?? _host.Rand.Next());
        return [.. Enumerable.Range(0, numberOfFolds)
            .Select(fold => fractions.Split(fraction => fraction >= (double)fold / numberOfFolds && fraction <= (fold + 1.0) / numberOfFolds))];
    }

    internal Random CreateRandom() => new(_host.Rand.Next());

    private static IEnumerable<TRow> Rows<TRow>(IDataView data, RowType<TRow> type, IReadOnlyList<DataViewSchema.Column> needed, bool reuse, bool ignoreMissing)
        where TRow : class, new()
    {
        using var cursor = data.GetRowCursor(needed);
        var fill = type.Filler(cursor, ignoreMissing);
        var row = new TRow();
        while (cursor.MoveNext())
        {
            fill(row);
            yield return row;
            if (!reuse)
                row = new TRow();
        }
    }

    public readonly struct TrainTestData
    {
        public readonly IDataView TrainSet;
        public readonly IDataView TestSet;

        internal TrainTestData(IDataView trainSet, IDataView testSet) => (TrainSet, TestSet) = (trainSet, testSet);
    }
}
