using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace TorchOptimExt.ML.Scoring;

/// <summary>The classes' values in the order of their keys: what a label column's KeyValues annotation holds.</summary>
internal sealed record LabelKeys(string Type, IReadOnlyList<string> Values)
{
    private const string Annotation = "KeyValues";

    internal static LabelKeys? Of(DataViewSchema.Column label)
    {
        if (label.Annotations.Schema.GetColumnOrNull(Annotation) is not { Type: VectorDataViewType vector }) return null;
        var type = vector.ItemType.RawType;
        if (type == typeof(ReadOnlyMemory<char>)) return new("text", Read<ReadOnlyMemory<char>>(label, v => v.ToString()));
        if (type == typeof(float)) return new("float", Read<float>(label, v => v.ToString("R", CultureInfo.InvariantCulture)));
        if (type == typeof(double)) return new("double", Read<double>(label, v => v.ToString("R", CultureInfo.InvariantCulture)));
        if (type == typeof(int)) return new("int", Read<int>(label, v => v.ToString(CultureInfo.InvariantCulture)));
        if (type == typeof(uint)) return new("uint", Read<uint>(label, v => v.ToString(CultureInfo.InvariantCulture)));
        if (type == typeof(long)) return new("long", Read<long>(label, v => v.ToString(CultureInfo.InvariantCulture)));
        if (type == typeof(byte)) return new("byte", Read<byte>(label, v => v.ToString(CultureInfo.InvariantCulture)));
        if (type == typeof(bool)) return new("bool", Read<bool>(label, v => v ? "true" : "false"));
        return null;
    }

    private static string[] Read<T>(DataViewSchema.Column label, Func<T, string> write)
    {
        VBuffer<T> values = default;
        label.Annotations.GetValue(Annotation, ref values);
        return [.. values.DenseValues().Select(write)];
    }

    /// <summary>The values as text: the names of the score's slots.</summary>
    internal VBuffer<ReadOnlyMemory<char>> Names => new(Values.Count, [.. Values.Select(v => v.AsMemory())]);

    /// <summary>Adds them to annotations under a name, with their type.</summary>
    internal void AddTo(DataViewSchema.Annotations.Builder builder, string name)
    {
        switch (Type)
        {
            case "text": Add(TextDataViewType.Instance, v => v.AsMemory()); break;
            case "float": Add(NumberDataViewType.Single, v => float.Parse(v, CultureInfo.InvariantCulture)); break;
            case "double": Add(NumberDataViewType.Double, v => double.Parse(v, CultureInfo.InvariantCulture)); break;
            case "int": Add(NumberDataViewType.Int32, v => int.Parse(v, CultureInfo.InvariantCulture)); break;
            case "uint": Add(NumberDataViewType.UInt32, v => uint.Parse(v, CultureInfo.InvariantCulture)); break;
            case "long": Add(NumberDataViewType.Int64, v => long.Parse(v, CultureInfo.InvariantCulture)); break;
            case "byte": Add(NumberDataViewType.Byte, v => byte.Parse(v, CultureInfo.InvariantCulture)); break;
            case "bool": Add(BooleanDataViewType.Instance, v => v == "true"); break;
            default: throw new InvalidDataException($"The model's labels are of the unknown type '{Type}'.");
        }

        void Add<T>(PrimitiveDataViewType item, Func<string, T> parse)
        {
            var values = new VBuffer<T>(Values.Count, [.. Values.Select(parse)]);
            builder.Add(name, new VectorDataViewType(item, Values.Count), (ref VBuffer<T> target) => values.CopyTo(ref target));
        }
    }
}
