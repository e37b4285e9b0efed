namespace Microsoft.ML.Data;

/// <summary>
/// Gives each row a number in [0, 1] by which data is split: by chance from its position, or from a sampling key,
/// so that rows of the same key stay together.
/// </summary>
internal sealed class RowFractions
{
    private readonly IDataView _data;
    private readonly int _seed;
    private readonly DataViewSchema.Column? _key;
    private readonly Func<double, double> _normalize = value => value;

    public RowFractions(IDataView data, string samplingKey, int seed)
    {
        (_data, _seed) = (data, seed);
        if (samplingKey is null)
            return;
        _key = Check.Column(data.Schema, "SamplingKeyColumn", samplingKey, "samplingKeyColumn");
        if (_key.Value.Type is NumberDataViewType type && (type == NumberDataViewType.Single || type == NumberDataViewType.Double))
            _normalize = Range(data, _key.Value);
    }

    public DataOperationsCatalog.TrainTestData Split(Func<double, bool> isTest) => new(Where(fraction => !isTest(fraction)), Where(isTest));

    public static Func<double> Number(DataViewRow row, DataViewSchema.Column column)
    {
        if (column.Type == NumberDataViewType.Double)
            return ClrValue.Reader<double>(row, column);
        var read = ClrValue.Reader<float>(row, column);
        return () => read();
    }

    private static Func<double, double> Range(IDataView data, DataViewSchema.Column column)
    {
        var (min, max) = (double.PositiveInfinity, double.NegativeInfinity);
        using var cursor = data.GetRowCursor([column]);
        var read = Number(cursor, column);
        while (cursor.MoveNext())
            (min, max) = (Math.Min(min, read()), Math.Max(max, read()));
        return value => max > min ? (value - min) / (max - min) : 0;
    }

    private static Func<double> KeyFraction<T>(DataViewRow row, DataViewSchema.Column column)
    {
        var read = ClrValue.Reader<T>(row, column);
        var count = (double)((KeyDataViewType)column.Type).Count;
        return () => Convert.ToUInt64(read(), null) is > 0 and var key ? (key - 0.5) / count : double.NaN;
    }

    /// <summary>The mixing step of SplitMix64: equal inputs give equal numbers, in any process.</summary>
    private static double Mix(ulong value)
    {
        value += 0x9E3779B97F4A7C15;
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return ((value ^ (value >> 31)) >> 11) * (1.0 / (1UL << 53));
    }

    // Rows are told by position, so the source must keep its order.
    private FilteredDataView Where(Func<double, bool> test)
        => new(_data, _key is { } key ? [key] : [], row =>
        {
            var fraction = CreateFraction(row);
            return () => test(fraction());
        }, canShuffle: _key is not null);

    private Func<double> CreateFraction(DataViewRow row)
    {
        var seed = (ulong)(uint)_seed << 32;
        if (_key is not { } column)
            return () => Mix(seed ^ Mixed((ulong)row.Position));
        if (column.Type is KeyDataViewType key)
            return (Func<double>)Generic.Call(KeyFraction<int>, key.RawType, row, column);
        if (column.Type == NumberDataViewType.Single || column.Type == NumberDataViewType.Double)
        {
            var read = Number(row, column);
            return () => _normalize(read());
        }
        if (column.Type is VectorDataViewType)
            throw new NotSupportedException("Sampling by a vector column is not in this polyfill of ML.NET.");
        return (Func<double>)Generic.Call(HashFraction<int>, column.Type.RawType, row, column, seed);

        static ulong Mixed(ulong position) => BitConverter.DoubleToUInt64Bits(Mix(position));
    }

    private static Func<double> HashFraction<T>(DataViewRow row, DataViewSchema.Column column, ulong seed)
    {
        var read = ClrValue.Reader<T>(row, column);
        return () =>
        {
            var hash = seed ^ 14695981039346656037;
            foreach (var character in $"{read()}")
                hash = (hash ^ character) * 1099511628211;
            return Mix(hash);
        };
    }
}
