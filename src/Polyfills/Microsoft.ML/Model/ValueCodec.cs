using Microsoft.ML.Data;

namespace Microsoft.ML;

/// <summary>Writes and reads types, values, schemas and column pairs in a model's file.</summary>
internal static class ValueCodec
{
    private enum Tag : byte
    {
        Primitive,
        Key,
        Vector,
    }

    public static void WriteType(this BinaryWriter writer, DataViewType type)
    {
        switch (type)
        {
            case VectorDataViewType vector:
                writer.Write((byte)Tag.Vector);
                writer.WriteType(vector.ItemType);
                writer.Write(vector.Dimensions.Length);
                foreach (var dimension in vector.Dimensions)
                    writer.Write(dimension);
                break;
            case KeyDataViewType key:
                writer.Write((byte)Tag.Key);
                writer.Write((byte)DataViewTypes.KindOf(DataViewTypes.PrimitiveOrNull(key.RawType)));
                writer.Write(key.Count);
                break;
            case PrimitiveDataViewType primitive:
                writer.Write((byte)Tag.Primitive);
                writer.Write((byte)DataViewTypes.KindOf(primitive));
                break;
            default:
                throw new NotSupportedException($"A column of type {type} cannot be saved.");
        }
    }

    public static DataViewType ReadType(this BinaryReader reader)
    {
        switch ((Tag)reader.ReadByte())
        {
            case Tag.Vector:
                var item = (PrimitiveDataViewType)reader.ReadType();
                var dimensions = new int[reader.ReadInt32()];
                for (var i = 0; i < dimensions.Length; i++)
                    dimensions[i] = reader.ReadInt32();
                return new VectorDataViewType(item, dimensions);
            case Tag.Key:
                return new KeyDataViewType(DataViewTypes.Of((DataKind)reader.ReadByte()).RawType, reader.ReadUInt64());
            default:
                return DataViewTypes.Of((DataKind)reader.ReadByte());
        }
    }

    public static void WriteValue<T>(this BinaryWriter writer, T value)
    {
        switch (value)
        {
            case bool x: writer.Write(x); break;
            case sbyte x: writer.Write(x); break;
            case byte x: writer.Write(x); break;
            case short x: writer.Write(x); break;
            case ushort x: writer.Write(x); break;
            case int x: writer.Write(x); break;
            case uint x: writer.Write(x); break;
            case long x: writer.Write(x); break;
            case ulong x: writer.Write(x); break;
            case float x: writer.Write(x); break;
            case double x: writer.Write(x); break;
            case ReadOnlyMemory<char> x: writer.Write(x.ToString()); break;
            default: Generic.Call(WriteVector<int>, typeof(T).GetGenericArguments()[0], writer, value); break;
        }
    }

    public static T ReadValue<T>(this BinaryReader reader)
    {
        object value = default(T) switch
        {
            bool => reader.ReadBoolean(),
            sbyte => reader.ReadSByte(),
            byte => reader.ReadByte(),
            short => reader.ReadInt16(),
            ushort => reader.ReadUInt16(),
            int => reader.ReadInt32(),
            uint => reader.ReadUInt32(),
            long => reader.ReadInt64(),
            ulong => reader.ReadUInt64(),
            float => reader.ReadSingle(),
            double => reader.ReadDouble(),
            ReadOnlyMemory<char> => reader.ReadString().AsMemory(),
            _ => Generic.Call(ReadVector<int>, typeof(T).GetGenericArguments()[0], reader),
        };
        return (T)value;
    }

    public static void WriteArray<T>(this BinaryWriter writer, IReadOnlyCollection<T> values)
    {
        writer.Write(values.Count);
        foreach (var value in values)
            writer.WriteValue(value);
    }

    public static T[] ReadArray<T>(this BinaryReader reader)
    {
        var values = new T[reader.ReadInt32()];
        for (var i = 0; i < values.Length; i++)
            values[i] = reader.ReadValue<T>();
        return values;
    }

    public static void WriteTexts(this BinaryWriter writer, IReadOnlyCollection<string> texts) => writer.WriteArray([.. texts.Select(t => t.AsMemory())]);

    public static string[] ReadTexts(this BinaryReader reader) => [.. reader.ReadArray<ReadOnlyMemory<char>>().Select(t => t.ToString())];

    public static void WritePairs(this BinaryWriter writer, InputOutputColumnPair[] pairs)
        => writer.WriteTexts([.. pairs.SelectMany(pair => new[] { pair.OutputColumnName, pair.InputColumnName })]);

    public static InputOutputColumnPair[] ReadPairs(this BinaryReader reader)
        => [.. reader.ReadTexts().Chunk(2).Select(names => new InputOutputColumnPair(names[0], names[1]))];

    public static void WriteSchema(this BinaryWriter writer, DataViewSchema schema)
    {
        writer.Write(schema.Count);
        foreach (var column in schema)
        {
            writer.Write(column.Name);
            writer.WriteType(column.Type);
            writer.WriteAnnotations(column.Annotations);
        }
    }

    public static DataViewSchema ReadSchema(this BinaryReader reader)
    {
        var builder = new DataViewSchema.Builder();
        for (var remaining = reader.ReadInt32(); remaining > 0; remaining--)
            builder.AddColumn(reader.ReadString(), reader.ReadType(), reader.ReadAnnotations());
        return builder.ToSchema();
    }

    public static void WriteAnnotations(this BinaryWriter writer, DataViewSchema.Annotations annotations)
    {
        writer.Write(annotations.Schema.Count);
        foreach (var column in annotations.Schema)
        {
            writer.Write(column.Name);
            writer.WriteType(column.Type);
            Generic.Call(WriteAnnotation<int>, column.Type.RawType, writer, annotations, column);
        }
    }

    public static DataViewSchema.Annotations ReadAnnotations(this BinaryReader reader)
    {
        var builder = new DataViewSchema.Annotations.Builder();
        for (var remaining = reader.ReadInt32(); remaining > 0; remaining--)
        {
            var name = reader.ReadString();
            var type = reader.ReadType();
            builder.Add(name, type, (Delegate)Generic.Call(ReadAnnotation<int>, type.RawType, reader));
        }
        return builder.ToAnnotations();
    }

    private static void WriteVector<T>(BinaryWriter writer, VBuffer<T> vector)
    {
        writer.Write(vector.Length);
        writer.WriteArray(vector.GetValues().ToArray());
        writer.WriteArray(vector.GetIndices().ToArray());
    }

    private static VBuffer<T> ReadVector<T>(BinaryReader reader)
    {
        var length = reader.ReadInt32();
        var values = reader.ReadArray<T>();
        return new VBuffer<T>(length, values.Length, values, reader.ReadArray<int>());
    }

    private static void WriteAnnotation<T>(BinaryWriter writer, DataViewSchema.Annotations annotations, DataViewSchema.Column column)
    {
        T value = default;
        annotations.GetGetter<T>(column)(ref value);
        writer.WriteValue(value);
    }

    private static ValueGetter<T> ReadAnnotation<T>(BinaryReader reader)
    {
        var value = reader.ReadValue<T>();
        return (ref T destination) => destination = value;
    }
}
