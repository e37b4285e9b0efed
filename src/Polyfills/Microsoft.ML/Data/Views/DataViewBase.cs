namespace Microsoft.ML.Data;

/// <summary>A data view that is read by one cursor at a time.</summary>
internal abstract class DataViewBase(DataViewSchema schema) : IDataView
{
    public abstract bool CanShuffle { get; }

    public DataViewSchema Schema { get; } = schema;

    public abstract long? GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random rand = null)
        => CreateCursor(ActiveColumns(Schema, columnsNeeded), CanShuffle ? rand : null);

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random rand = null)
        => [GetRowCursor(columnsNeeded, rand)];

    public static bool[] ActiveColumns(DataViewSchema schema, IEnumerable<DataViewSchema.Column> columns)
    {
        var active = new bool[schema.Count];
        foreach (var column in columns)
        {
            Check.Argument(column.Index < active.Length, "columnsNeeded", $"Column '{column.Name}' is not in the schema");
            active[column.Index] = true;
        }
        return active;
    }

    protected abstract DataViewRowCursor CreateCursor(bool[] active, Random rand);
}
