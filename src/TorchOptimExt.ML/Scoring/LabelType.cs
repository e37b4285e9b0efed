using System.Globalization;
using System.Numerics;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace TorchOptimExt.ML.Scoring;

/// <summary>A type that the values of a label's keys can have: how they are read, kept as text, and given back.</summary>
internal abstract class LabelType(string name, PrimitiveDataViewType item)
{
    private const string KeyValues = "KeyValues";

    private static readonly LabelType[] All =
    [
        new Typed<ReadOnlyMemory<char>>("text", TextDataViewType.Instance, v => v.ToString(), v => v.AsMemory()),
        new Typed<bool>("bool", BooleanDataViewType.Instance, v => v ? "true" : "false", v => v == "true"),
        Number<float>("float", NumberDataViewType.Single),
        Number<double>("double", NumberDataViewType.Double),
        Number<int>("int", NumberDataViewType.Int32),
        Number<uint>("uint", NumberDataViewType.UInt32),
        Number<long>("long", NumberDataViewType.Int64),
        Number<byte>("byte", NumberDataViewType.Byte),
        Number<sbyte>("sbyte", NumberDataViewType.SByte),
        Number<short>("short", NumberDataViewType.Int16),
        Number<ushort>("ushort", NumberDataViewType.UInt16),
        Number<ulong>("ulong", NumberDataViewType.UInt64),
        new Typed<DateTime>("DateTime", DateTimeDataViewType.Instance, v => v.ToString("O", CultureInfo.InvariantCulture),
            v => DateTime.ParseExact(v, "O", CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind)),
        new Typed<DateTimeOffset>("DateTimeOffset", DateTimeOffsetDataViewType.Instance, v => v.ToString("O", CultureInfo.InvariantCulture),
            v => DateTimeOffset.ParseExact(v, "O", CultureInfo.InvariantCulture)),
        new Typed<TimeSpan>("TimeSpan", TimeSpanDataViewType.Instance, v => v.ToString("c", CultureInfo.InvariantCulture),
            v => TimeSpan.ParseExact(v, "c", CultureInfo.InvariantCulture)),
    ];

    /// <summary>What saved models call it.</summary>
    internal string Name => name;

    /// <summary>That of a label column's keys; null where their values are not known, or of none of these types.</summary>
    internal static LabelType? Of(DataViewSchema.Column label) =>
        label.Annotations.Schema.GetColumnOrNull(KeyValues) is { Type: VectorDataViewType vector }
            ? All.FirstOrDefault(type => type.Item.RawType == vector.ItemType.RawType) : null;

    /// <exception cref="InvalidDataException">There is no such type.</exception>
    internal static LabelType Named(string name) => All.FirstOrDefault(type => type.Name == name)
        ?? throw new InvalidDataException($"The model's labels are of the unknown type '{name}'.");

    private PrimitiveDataViewType Item => item;

    internal abstract string[] Read(DataViewSchema.Column label);

    /// <summary>Adds values to annotations under a name.</summary>
    internal abstract void AddTo(DataViewSchema.Annotations.Builder builder, string name, IReadOnlyList<string> values);

    /// <summary>A view of keys from 1 in the column Number, and in the column Key as keys with these values.</summary>
    internal abstract IDataView Keys(MLContext context, IReadOnlyList<string> values);

    private static Typed<T> Number<T>(string name, NumberDataViewType item) where T : INumber<T> =>
        new(name, item, v => v.ToString(null, CultureInfo.InvariantCulture), v => T.Parse(v, CultureInfo.InvariantCulture));

    private sealed class Typed<T>(string name, PrimitiveDataViewType item, Func<T, string> write, Func<string, T> parse) : LabelType(name,
        item)
    {
        internal override string[] Read(DataViewSchema.Column label)
        {
            VBuffer<T> values = default;
            label.Annotations.GetValue(KeyValues, ref values);
            return [.. values.DenseValues().Select(write)];
        }

        internal override void AddTo(DataViewSchema.Annotations.Builder builder, string name, IReadOnlyList<string> values)
        {
            var buffer = new VBuffer<T>(values.Count, [.. values.Select(parse)]);
            builder.Add(name, new VectorDataViewType(Item, values.Count), (ref VBuffer<T> target) => buffer.CopyTo(ref target));
        }

        internal override IDataView Keys(MLContext context, IReadOnlyList<string> values)
        {
            var rows = context.Data.LoadFromEnumerable(values.Select((v, k) => new Row { Number = k + 1, Value = parse(v) }).ToList());
            return context.Transforms.Conversion.MapValueToKey("Key", nameof(Row.Value),
                keyData: context.Transforms.SelectColumns(nameof(Row.Value)).Fit(rows).Transform(rows))
                .Fit(rows).Transform(rows);
        }

        private sealed class Row
        {
            public int Number { get; set; }
            public required T Value { get; set; }
        }
    }
}
