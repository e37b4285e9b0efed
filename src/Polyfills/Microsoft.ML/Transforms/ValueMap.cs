using Microsoft.ML.Data;

namespace Microsoft.ML.Transforms;

/// <summary>A dictionary from the values of one column type to those of another.</summary>
internal abstract class ValueMap(PrimitiveDataViewType keyType, DataViewType valueType)
{
    public PrimitiveDataViewType KeyType { get; } = keyType;

    public DataViewType ValueType { get; } = valueType;

    public static ValueMap Of<TKey, TValue>(IEnumerable<KeyValuePair<TKey, TValue>> pairs)
    {
        Check.NotNull(pairs, "keyValuePairs");
        var (keyItem, keyIsVector) = ClrValue.Shape(typeof(TKey));
        var (valueItem, valueIsVector) = ClrValue.Shape(typeof(TValue));
        var keyType = DataViewTypes.PrimitiveOrNull(keyItem);
        var valueType = DataViewTypes.PrimitiveOrNull(valueItem);
        Check.State(keyType is not null && !keyIsVector, $"Unsupported type {typeof(TKey)} used in mapping.");
        Check.State(valueType is not null, $"Unsupported type {typeof(TValue)} used in mapping.");
        KeyValuePair<TKey, TValue>[] all = [.. pairs];
        var lengths = valueIsVector ? all.Select(pair => (pair.Value as Array)?.Length ?? 0).Distinct().ToArray() : [];
        var map = Create(keyType, valueIsVector ? new VectorDataViewType(valueType, lengths is [var length] ? length : 0) : valueType);
        map.AddAll(all);
        return map;
    }

    public static ValueMap Load(BinaryReader reader)
    {
        var map = Create((PrimitiveDataViewType)reader.ReadType(), reader.ReadType());
        map.Read(reader);
        return map;
    }

    public abstract void Save(BinaryWriter writer);

    public abstract Delegate CreateGetter(DataViewRow row, DataViewSchema.Column column);

    protected abstract void AddAll<TClrKey, TClrValue>(IEnumerable<KeyValuePair<TClrKey, TClrValue>> pairs);

    protected abstract void Read(BinaryReader reader);

    private static ValueMap Create(PrimitiveDataViewType keyType, DataViewType valueType)
        => (ValueMap)Activator.CreateInstance(typeof(ValueMap<,>).MakeGenericType(keyType.RawType, valueType.RawType), keyType, valueType);
}

internal sealed class ValueMap<TKey, TValue>(PrimitiveDataViewType keyType, DataViewType valueType) : ValueMap(keyType, valueType)
{
    private readonly Dictionary<TKey, TValue> _values = new(RawValues.Equality<TKey>());

    public override void Save(BinaryWriter writer)
    {
        writer.WriteType(KeyType);
        writer.WriteType(ValueType);
        writer.WriteArray(_values.Keys);
        writer.WriteArray(_values.Values);
    }

    public override Delegate CreateGetter(DataViewRow row, DataViewSchema.Column column)
    {
        if (column.Type is not VectorDataViewType)
        {
            var getScalar = row.GetGetter<TKey>(column);
            TKey key = default;
            return (ValueGetter<TValue>)((ref TValue value) =>
            {
                getScalar(ref key);
                value = Map(key);
            });
        }
        var getVector = row.GetGetter<VBuffer<TKey>>(column);
        VBuffer<TKey> keys = default;
        return (ValueGetter<VBuffer<TValue>>)((ref VBuffer<TValue> value) =>
        {
            getVector(ref keys);
            TValue[] values = [.. keys.DenseValues().Select(Map)];
            value = new(values.Length, values);
        });
    }

    protected override void AddAll<TClrKey, TClrValue>(IEnumerable<KeyValuePair<TClrKey, TClrValue>> pairs)
    {
        KeyValuePair<TClrKey, TClrValue> current = default;
        Func<TClrKey> readKey = () => current.Key;
        Func<TClrValue> readValue = () => current.Value;
        var getKey = (ValueGetter<TKey>)ClrValue.Getter(readKey, KeyType);
        var getValue = (ValueGetter<TValue>)ClrValue.Getter(readValue, ValueType);
        foreach (var pair in pairs)
        {
            current = pair;
            TKey key = default;
            TValue value = default;
            getKey(ref key);
            getValue(ref value);
            Check.State(_values.TryAdd(key, value), $"Duplicate keys in data '{key}'");
        }
    }

    protected override void Read(BinaryReader reader)
    {
        var keys = reader.ReadArray<TKey>();
        var values = reader.ReadArray<TValue>();
        for (var i = 0; i < keys.Length; i++)
            _values.Add(keys[i], values[i]);
    }

    /// <summary>A key that is not in the map gives the default: 0, empty text or an empty vector.</summary>
    private TValue Map(TKey key)
    {
        if (!_values.TryGetValue(key, out var value))
            return default;
        return value;
    }
}
