namespace Microsoft.ML.Data;

/// <summary>Converts between a column's values and what a user's class holds: strings and arrays besides the raw types.</summary>
internal static class ClrValue
{
    /// <summary>The raw item type that values of a CLR type have in a data view, and whether they are vectors.</summary>
    public static (Type Item, bool IsVector) Shape(Type type)
    {
        var isBuffer = type.IsGenericType && type.GetGenericTypeDefinition() == typeof(VBuffer<>);
        var item = type.IsArray ? type.GetElementType() : isBuffer ? type.GetGenericArguments()[0] : type;
        return (item == typeof(string) ? typeof(ReadOnlyMemory<char>) : item, type.IsArray || isBuffer);
    }

    public static bool CanHold(Type type, DataViewType column)
        => Shape(type) is var (item, isVector) && isVector == column is VectorDataViewType && item == column.ItemType().RawType;

    /// <summary>Reads a column's current value as a fresh <typeparamref name="T"/>.</summary>
    public static Func<T> Reader<T>(DataViewRow row, DataViewSchema.Column column)
    {
        if (typeof(T) == typeof(string))
            return (Func<T>)(object)ReadText(row, column);
        if (typeof(T) == typeof(string[]))
            return (Func<T>)(object)ReadTexts(row, column);
        if (typeof(T).IsArray)
            return (Func<T>)Generic.Call(ReadArray<int>, typeof(T).GetElementType(), row, column);
        var getter = row.GetGetter<T>(column);
        return () =>
        {
            T value = default;
            getter(ref value);
            return value;
        };
    }

    /// <summary>A getter of the column's raw type that gives what <paramref name="read"/> returns.</summary>
    public static Delegate Getter<T>(Func<T> read, DataViewType column)
    {
        if (read is Func<string> readText)
            return (ValueGetter<ReadOnlyMemory<char>>)((ref ReadOnlyMemory<char> value) => value = readText().AsMemory());
        if (read is Func<string[]> readTexts)
            return ArrayGetter(() => readTexts()?.Select(text => text.AsMemory()).ToArray());
        if (typeof(T).IsArray)
            return (Delegate)Generic.Call(ArrayGetter<int>, typeof(T).GetElementType(), read);
        if (column is VectorDataViewType)
            return (Delegate)Generic.Call(BufferGetter<int>, typeof(T).GetGenericArguments()[0], read);
        return (ValueGetter<T>)((ref T value) => value = read());
    }

    private static Func<string> ReadText(DataViewRow row, DataViewSchema.Column column)
    {
        var read = Reader<ReadOnlyMemory<char>>(row, column);
        return () => read().ToString();
    }

    private static Func<string[]> ReadTexts(DataViewRow row, DataViewSchema.Column column)
    {
        var read = Reader<VBuffer<ReadOnlyMemory<char>>>(row, column);
        return () => [.. read().DenseValues().Select(text => text.ToString())];
    }

    private static Func<TItem[]> ReadArray<TItem>(DataViewRow row, DataViewSchema.Column column)
    {
        var getter = row.GetGetter<VBuffer<TItem>>(column);
        VBuffer<TItem> buffer = default;
        return () =>
        {
            getter(ref buffer);
            var values = new TItem[buffer.Length];
            buffer.CopyTo(values);
            return values;
        };
    }

    private static ValueGetter<VBuffer<TItem>> ArrayGetter<TItem>(Func<TItem[]> read)
        => (ref VBuffer<TItem> value) =>
        {
            var values = read() ?? [];
            VBuffer<TItem>.Copy(values, 0, ref value, values.Length);
        };

    private static ValueGetter<VBuffer<TItem>> BufferGetter<TItem>(Func<VBuffer<TItem>> read)
        => (ref VBuffer<TItem> value) => read().CopyTo(ref value);

    /// <summary>An object holds a key as an index from 0; one beyond the key's cardinality is read as missing.</summary>
    public static ValueGetter<T> KeyGetter<T>(Func<T> read, KeyDataViewType key)
        => (ref T value) => value = Convert.ToUInt64(read(), null) is var index && index < key.Count ? (T)Convert.ChangeType(index + 1, typeof(T), null) : default;
}
