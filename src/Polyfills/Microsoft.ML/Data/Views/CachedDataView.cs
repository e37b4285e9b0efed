namespace Microsoft.ML.Data;

/// <summary>Keeps each column of a source in memory from the first time that it is asked for.</summary>
internal sealed class CachedDataView : DataViewBase
{
    private readonly IDataView _source;
    private readonly ColumnBuffer[] _columns;
    private long? _count;

    public CachedDataView(IDataView source, params IEnumerable<DataViewSchema.Column> prefetched)
        : base(source.Schema)
    {
        _source = source;
        _columns = new ColumnBuffer[Schema.Count];
        if (prefetched.Any())
            Load(prefetched);
    }

    public override bool CanShuffle => true;

    public override long? GetRowCount() => _count ?? _source.GetRowCount();

    protected override DataViewRowCursor CreateCursor(bool[] active, Random rand)
    {
        var count = Load(Schema.Where(c => active[c.Index]));
        var order = rand is null ? null : Enumerable.Range(0, count).ToArray();
        rand?.Shuffle(order);
        return new Cursor(this, active, count, order);
    }

    private int Load(IEnumerable<DataViewSchema.Column> needed)
    {
        lock (_columns)
        {
            var missing = needed.Where(c => _columns[c.Index] is null).ToArray();
            if (missing.Length > 0 || _count is null)
            {
                using var cursor = _source.GetRowCursor(missing);
                var loaded = missing.Select(c => ColumnBuffer.Create(c.Type)).ToArray();
                var stores = missing.Select((c, i) => loaded[i].CreateStore(cursor, c)).ToArray();
                var count = 0;
                for (; cursor.MoveNext(); count++)
                {
                    foreach (var store in stores)
                        store(count);
                }
                Check.State(_count is null || _count == count, "The number of rows has changed since the data was cached.");
                _count = count;
                for (var i = 0; i < missing.Length; i++)
                    _columns[missing[i].Index] = loaded[i];
            }
            return (int)_count;
        }
    }

    private sealed class Cursor(CachedDataView view, bool[] active, int count, int[] order) : RootCursor(view.Schema, active)
    {
        public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) => id = new((ulong)Index(), 0);

        protected override bool Advance() => Position + 1 < count;

        protected override ValueGetter<TValue> GetterOf<TValue>(int column) => view._columns[column].CreateGetter<TValue>(Index);

        private int Index()
        {
            CheckAtRow();
            return order is null ? (int)Position : order[Position];
        }
    }
}
