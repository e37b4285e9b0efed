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
        return typeof(T) == column.Type.RawType ? ReadRaw<T>(data, column) : Read<T>(data, column);
    }

    /// <summary>Vectors of different rows share their buffers, as ML.NET's do: each is valid until the next.</summary>
    private static IEnumerable<T> ReadRaw<T>(IDataView data, DataViewSchema.Column column)
    {
        using var cursor = data.GetRowCursor([column]);
        var getter = cursor.GetGetter<T>(column);
        T value = default;
        while (cursor.MoveNext())
        {
            getter(ref value);
            yield return value;
        }
    }

    private static IEnumerable<T> Read<T>(IDataView data, DataViewSchema.Column column)
    {
        using var cursor = data.GetRowCursor([column]);
        var read = ClrValue.Reader<T>(cursor, column);
        while (cursor.MoveNext())
            yield return read();
    }
}
