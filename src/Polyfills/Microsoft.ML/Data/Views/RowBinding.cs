namespace Microsoft.ML.Data;

/// <summary>Columns that a transform computes from rows of one schema.</summary>
internal interface IAddedColumns
{
    IReadOnlyList<DataViewSchema.DetachedColumn> Columns { get; }

    /// <summary>The input columns' indices that an added column is computed from.</summary>
    IEnumerable<int> DependenciesOf(int added);

    /// <summary>Getters of the active added columns, of which there is one at least; null for the others.</summary>
    Delegate[] CreateGetters(DataViewRow input, bool[] active);
}

/// <summary>A transform bound to an input schema: which output column is an input column, which one is added.</summary>
internal sealed class RowBinding : IRowToRowMapper
{
    private readonly int[] _source;
    private readonly IAddedColumns _added;

    /// <summary>Passes all input columns and adds some.</summary>
    public RowBinding(DataViewSchema input, IAddedColumns added)
    {
        (InputSchema, _added) = (input, added);
        _source = [.. Enumerable.Range(0, input.Count), .. Enumerable.Range(0, added.Columns.Count).Select(i => ~i)];
        var builder = new DataViewSchema.Builder();
        builder.AddColumns(input);
        builder.AddColumns(added.Columns);
        OutputSchema = builder.ToSchema();
    }

    /// <summary>Passes the input columns of the given indices, in that order.</summary>
    public RowBinding(DataViewSchema input, int[] kept)
    {
        (InputSchema, _source) = (input, kept);
        var builder = new DataViewSchema.Builder();
        builder.AddColumns(kept.Select(i => input[i]));
        OutputSchema = builder.ToSchema();
    }

    public DataViewSchema InputSchema { get; }

    public DataViewSchema OutputSchema { get; }

    public IEnumerable<DataViewSchema.Column> GetDependencies(IEnumerable<DataViewSchema.Column> dependingColumns)
        => InputOf(DataViewBase.ActiveColumns(OutputSchema, dependingColumns));

    public DataViewRow GetRow(DataViewRow input, IEnumerable<DataViewSchema.Column> activeColumns)
    {
        Check.NotNull(input, nameof(input));
        Check.Argument(input.Schema == InputSchema, nameof(input), "Schema of input row must be the same as the schema the mapper is bound to");
        return new MappedRow(this, input, DataViewBase.ActiveColumns(OutputSchema, activeColumns));
    }

    public IDataView Apply(IDataView source) => new View(this, source);

    private IEnumerable<DataViewSchema.Column> InputOf(bool[] active)
    {
        var needed = new SortedSet<int>();
        for (var i = 0; i < active.Length; i++)
        {
            if (active[i])
                needed.UnionWith(_source[i] >= 0 ? [_source[i]] : _added.DependenciesOf(~_source[i]));
        }
        return [.. needed.Select(i => InputSchema[i])];
    }

    private Delegate[] AddedGetters(DataViewRow input, bool[] active)
    {
        if (_added is null)
            return [];
        var activeAdded = new bool[_added.Columns.Count];
        for (var i = 0; i < active.Length; i++)
        {
            if (active[i] && _source[i] < 0)
                activeAdded[~_source[i]] = true;
        }
        return activeAdded.Contains(true) ? _added.CreateGetters(input, activeAdded) : [];
    }

    private ValueGetter<TValue> GetGetter<TValue>(DataViewRow row, DataViewRow input, Delegate[] added, DataViewSchema.Column column)
    {
        RootCursor.CheckActive(row, column);
        var source = _source[column.Index];
        return source >= 0 ? input.GetGetter<TValue>(InputSchema[source])
            : added[~source] as ValueGetter<TValue> ?? throw RootCursor.WrongType<TValue>(OutputSchema[column.Index]);
    }

    private sealed class View(RowBinding binding, IDataView source) : IDataView
    {
        public bool CanShuffle => source.CanShuffle;

        public DataViewSchema Schema => binding.OutputSchema;

        public long? GetRowCount() => source.GetRowCount();

        public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random rand = null)
        {
            var active = DataViewBase.ActiveColumns(Schema, columnsNeeded);
            return new MappedCursor(binding, source.GetRowCursor(binding.InputOf(active), rand), active);
        }

        public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random rand = null)
        {
            var active = DataViewBase.ActiveColumns(Schema, columnsNeeded);
            return [.. source.GetRowCursorSet(binding.InputOf(active), n, rand).Select(cursor => new MappedCursor(binding, cursor, active))];
        }
    }

    private sealed class MappedRow(RowBinding binding, DataViewRow input, bool[] active) : DataViewRow
    {
        private readonly Delegate[] _added = binding.AddedGetters(input, active);

        public override DataViewSchema Schema => binding.OutputSchema;

        public override long Position => input.Position;

        public override long Batch => input.Batch;

        public override bool IsColumnActive(DataViewSchema.Column column) => active[column.Index];

        public override ValueGetter<DataViewRowId> GetIdGetter() => input.GetIdGetter();

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => binding.GetGetter<TValue>(this, input, _added, column);

        protected override void Dispose(bool disposing) => input.Dispose();
    }

    private sealed class MappedCursor(RowBinding binding, DataViewRowCursor input, bool[] active) : DataViewRowCursor
    {
        private readonly Delegate[] _added = binding.AddedGetters(input, active);

        public override DataViewSchema Schema => binding.OutputSchema;

        public override long Position => input.Position;

        public override long Batch => input.Batch;

        public override bool MoveNext() => input.MoveNext();

        public override bool IsColumnActive(DataViewSchema.Column column) => active[column.Index];

        public override ValueGetter<DataViewRowId> GetIdGetter() => input.GetIdGetter();

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => binding.GetGetter<TValue>(this, input, _added, column);

        protected override void Dispose(bool disposing) => input.Dispose();
    }
}
