namespace Microsoft.ML.Data;

public static class ColumnCursorExtensions
{
    public static IEnumerable<T> GetColumn<T>(this IDataView data, string columnName) => data.GetColumn<T>(data.Schema[columnName]);

    public static IEnumerable<T> GetColumn<T>(this IDataView data, DataViewSchema.Column column)
    {
        Check.NotNull(data, nameof(data));
        Check.NonEmpty(column.Name, nameof(column));
        var found = data.Schema[column.Index];
        Check.Argument(found.Name == column.Name && found.Type == column.Type, nameof(column), $"column with name {column.Name}, type {column.Type}, and index {column.Index} cannot be found in data");
        Check.Argument(ClrValue.CanHold(typeof(T), column.Type), nameof(column),
            $"Cannot map column (name: {column.Name}, type: {column.Type}) in data to the user-defined type, {typeof(T)}.");
        return Read<T>(data, column);
    }

    private static IEnumerable<T> Read<T>(IDataView data, DataViewSchema.Column column)
    {
        using var cursor = data.GetRowCursor([column]);
        var read = ClrValue.Reader<T>(cursor, column);
        while (cursor.MoveNext())
            yield return read();
    }
}
