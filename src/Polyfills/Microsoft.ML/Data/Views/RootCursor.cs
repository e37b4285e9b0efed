namespace Microsoft.ML.Data;

/// <summary>A cursor that counts its own rows.</summary>
internal abstract class RootCursor(DataViewSchema schema, bool[] active) : DataViewRowCursor
{
    private long _position = -1;
    private bool _ended;

    public sealed override DataViewSchema Schema => schema;

    public sealed override long Position => _position;

    public override long Batch => 0;

    public sealed override bool IsColumnActive(DataViewSchema.Column column) => active[column.Index];

    public sealed override bool MoveNext()
    {
        _ended = _ended || !Advance();
        _position = _ended ? -1 : _position + 1;
        return !_ended;
    }

    public sealed override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        CheckActive(this, column);
        return GetterOf<TValue>(column.Index) ?? throw WrongType<TValue>(schema[column.Index]);
    }

    public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) => id = new((ulong)Position, 0);

    public static void CheckActive(DataViewRow row, DataViewSchema.Column column)
    {
        Check.Argument(column.Index < row.Schema.Count, nameof(column), $"Column '{column.Name}' is not in the schema");
        Check.Argument(row.IsColumnActive(column), nameof(column), $"Column '{column.Name}' is not active");
    }

    public static InvalidOperationException WrongType<TValue>(DataViewSchema.Column column)
        => new($"Invalid TValue in GetGetter: '{typeof(TValue)}', expected type: '{column.Type.RawType}'.");

    protected void CheckAtRow() => Check.State(_position >= 0, "Values can only be fetched when the cursor is on a row: call MoveNext first.");

    /// <summary>Goes to the next row, or says that there is none.</summary>
    protected abstract bool Advance();

    /// <summary>A getter of an active column, or null if its type is another.</summary>
    protected abstract ValueGetter<TValue> GetterOf<TValue>(int column);
}
