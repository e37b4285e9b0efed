using Microsoft.ML.Data;

namespace Microsoft.ML;

/// <summary>A row that shows one object after the other.</summary>
internal sealed class ExampleRow<TRow> : DataViewRow
    where TRow : class
{
    private readonly Delegate[] _getters;
    private TRow _current;
    private long _position = -1;

    public ExampleRow(RowType<TRow> type)
    {
        Schema = type.Schema;
        _getters = type.Getters(() => _current);
    }

    public override DataViewSchema Schema { get; }

    public override long Position => _position;

    public override long Batch => 0;

    public void MoveTo(TRow example)
    {
        _current = example;
        _position++;
    }

    public override bool IsColumnActive(DataViewSchema.Column column) => true;

    public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) => id = new((ulong)_position, 0);

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        => _getters[column.Index] as ValueGetter<TValue> ?? throw RootCursor.WrongType<TValue>(Schema[column.Index]);
}
