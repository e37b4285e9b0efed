namespace Microsoft.ML.Data;

/// <summary>The objects of an enumerable as rows; those of a collection are counted.</summary>
internal sealed class EnumerableDataView<TRow>(IEnumerable<TRow> data, RowType<TRow> type) : DataViewBase(type.Schema)
    where TRow : class
{
    public override bool CanShuffle => false;

    public override long? GetRowCount() => (data as ICollection<TRow>)?.Count;

    protected override DataViewRowCursor CreateCursor(bool[] active, Random rand) => new Cursor(Schema, active, data, type);

    private sealed class Cursor : RootCursor
    {
        private readonly IEnumerator<TRow> _rows;
        private readonly Delegate[] _getters;

        public Cursor(DataViewSchema schema, bool[] active, IEnumerable<TRow> rows, RowType<TRow> type)
            : base(schema, active)
        {
            _rows = rows.GetEnumerator();
            _getters = type.Getters(Current);
        }

        protected override bool Advance() => _rows.MoveNext();

        protected override ValueGetter<TValue> GetterOf<TValue>(int column) => _getters[column] as ValueGetter<TValue>;

        protected override void Dispose(bool disposing) => _rows.Dispose();

        private TRow Current()
        {
            CheckAtRow();
            return _rows.Current;
        }
    }
}
