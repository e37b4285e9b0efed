using Microsoft.ML.Transforms;

namespace Microsoft.ML.Data;

/// <summary>A column of a text file and the fields that it is parsed from.</summary>
internal sealed class TextColumn
{
    private readonly int[] _fields;

    private TextColumn(string name, DataViewType type, int[] fields) => (Name, Type, _fields) = (name, type, fields);

    public string Name { get; }

    public DataViewType Type { get; }

    public static TextColumn Create(TextLoader.Column column, Func<int> fieldCount)
    {
        var item = DataViewTypes.Of(column.DataKind);
        if (column.KeyCount is { } key)
            item = new KeyDataViewType(item.RawType, key.Count ?? KeyDataViewType.MaxOf(item.RawType));
        int[] fields = [.. Check.NotNull(column.Source, nameof(column.Source)).SelectMany(r => Enumerable.Range(r.Min, (r.Max ?? fieldCount() - 1) - r.Min + 1))];
        var isScalar = column.Source is [{ Max: { } max } range] && range.Min == max;
        return new(column.Name, isScalar ? item : new VectorDataViewType(item, fields.Length), fields);
    }

    /// <summary>Names a vector's slots by the header's fields.</summary>
    public DataViewSchema.Annotations SlotNames(string[] header)
    {
        if (Type is not VectorDataViewType || header.Length == 0)
            return null;
        var names = _fields.Select(f => f < header.Length ? header[f].Trim().AsMemory() : default).ToArray();
        var builder = new DataViewSchema.Annotations.Builder();
        builder.Add(AnnotationKinds.SlotNames, new VectorDataViewType(TextDataViewType.Instance, names.Length),
            (ref VBuffer<ReadOnlyMemory<char>> value) => value = new(names.Length, names));
        return builder.ToAnnotations();
    }

    public Delegate CreateGetter(Func<(long Line, string[] Fields)> current, TextLoader.Options options)
        => (Delegate)Generic.Call(Getter<int>, Type.ItemType().RawType, current, options);

    private Delegate Getter<T>(Func<(long Line, string[] Fields)> current, TextLoader.Options options)
    {
        if (Type is not VectorDataViewType)
            return (ValueGetter<T>)((ref T value) => value = Parse<T>(current(), _fields[0], options));
        return (ValueGetter<VBuffer<T>>)((ref VBuffer<T> value) =>
        {
            var line = current();
            var editor = VBufferEditor.Create(ref value, _fields.Length);
            for (var i = 0; i < _fields.Length; i++)
                editor.Values[i] = Parse<T>(line, _fields[i], options);
            value = editor.Commit();
        });
    }

    /// <summary>A field that is absent or empty is the default, or NaN if so asked.</summary>
    private T Parse<T>((long Number, string[] Fields) line, int field, TextLoader.Options options)
    {
        var text = field < line.Fields.Length ? line.Fields[field] : "";
        if (text.Length == 0)
            return options.MissingRealsAsNaNs ? RawValues.Missing<T>() : default;
        if (options.DecimalMarker == ',' && (typeof(T) == typeof(float) || typeof(T) == typeof(double)))
            text = text.Replace(',', '.');
        if (!RawValues.TryParse<T>(text, out var value))
        {
            var message = $"Could not parse value {text} in line {line.Number}, column {Name}";
            throw new FormatException($"Parsing failed with an exception: {message}", new InvalidOperationException(message));
        }
        if (Type.ItemType() is not KeyDataViewType key)
            return value;
        // A file counts keys from 0, the value 0 is the missing key.
        var index = Convert.ToUInt64(value, null);
        return index < key.Count ? (T)Convert.ChangeType(index + 1, typeof(T), null) : default;
    }
}
