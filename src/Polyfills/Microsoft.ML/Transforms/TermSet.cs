using Microsoft.ML.Data;

namespace Microsoft.ML.Transforms;

/// <summary>Different values of one type, numbered from 1; missing values have the number 0.</summary>
internal abstract class TermSet(PrimitiveDataViewType type)
{
    public PrimitiveDataViewType Type { get; } = type;

    public abstract int Count { get; }

    public static TermSet Create(PrimitiveDataViewType type) => (TermSet)Generic.Call(CreateTyped<int>, type.RawType, type);

    public static TermSet Load(BinaryReader reader)
    {
        var set = Create((PrimitiveDataViewType)reader.ReadType());
        set.Read(reader);
        return set;
    }

    public abstract void Save(BinaryWriter writer);

    /// <summary>Returns what adds a row's values as long as there are fewer than <paramref name="maximum"/>.</summary>
    public abstract Action CreateAdd(DataViewRow row, DataViewSchema.Column column, int maximum);

    public abstract void Sort();

    /// <summary>Adds the values as the new column's key values; those of a key are what the key stood for.</summary>
    public abstract void Annotate(DataViewSchema.Annotations.Builder annotations, DataViewSchema.Column input, bool asText);

    public abstract Delegate CreateGetter(DataViewRow row, DataViewSchema.Column column);

    protected abstract void Read(BinaryReader reader);

    private static TermSet<T> CreateTyped<T>(PrimitiveDataViewType type) => new(type);
}

internal sealed class TermSet<T>(PrimitiveDataViewType type) : TermSet(type)
{
    private readonly Dictionary<T, uint> _numbers = new(RawValues.Equality<T>());
    private readonly List<T> _terms = [];

    public override int Count => _terms.Count;

    public override void Save(BinaryWriter writer)
    {
        writer.WriteType(Type);
        writer.WriteArray(_terms);
    }

    public override Action CreateAdd(DataViewRow row, DataViewSchema.Column column, int maximum)
    {
        if (column.Type is not VectorDataViewType)
        {
            var getScalar = row.GetGetter<T>(column);
            return () =>
            {
                T value = default;
                getScalar(ref value);
                Add(value, maximum);
            };
        }
        var getVector = row.GetGetter<VBuffer<T>>(column);
        VBuffer<T> buffer = default;
        return () =>
        {
            getVector(ref buffer);
            foreach (var value in buffer.DenseValues())
                Add(value, maximum);
        };
    }

    public override void Sort()
    {
        T[] sorted = [.. _terms.Order(RawValues.Order<T>())];
        _terms.Clear();
        _numbers.Clear();
        foreach (var term in sorted)
            Add(term, int.MaxValue);
    }

    public override void Annotate(DataViewSchema.Annotations.Builder annotations, DataViewSchema.Column input, bool asText)
    {
        if (Count == 0)
            return;
        if (Type is KeyDataViewType key && input.Annotations.Schema.GetColumnOrNull(AnnotationKinds.KeyValues) is { Type: VectorDataViewType values } && (ulong)values.Size == key.Count)
            Generic.Call(AnnotateFromKey<int>, values.ItemType.RawType, annotations, input, values.ItemType);
        else if (asText && Type is not TextDataViewType)
            AddKeyValues(annotations, TextDataViewType.Instance, [.. _terms.Select(RawValues.ToText)]);
        else
            AddKeyValues(annotations, Type, _terms.ToArray());
    }

    public override Delegate CreateGetter(DataViewRow row, DataViewSchema.Column column)
    {
        if (column.Type is not VectorDataViewType)
        {
            var getScalar = row.GetGetter<T>(column);
            T value = default;
            return (ValueGetter<uint>)((ref uint key) =>
            {
                getScalar(ref value);
                key = _numbers.GetValueOrDefault(value);
            });
        }
        var getVector = row.GetGetter<VBuffer<T>>(column);
        VBuffer<T> buffer = default;
        return (ValueGetter<VBuffer<uint>>)((ref VBuffer<uint> keys) =>
        {
            getVector(ref buffer);
            var editor = VBufferEditor.Create(ref keys, buffer.Length);
            var i = 0;
            foreach (var value in buffer.DenseValues())
                editor.Values[i++] = _numbers.GetValueOrDefault(value);
            keys = editor.Commit();
        });
    }

    protected override void Read(BinaryReader reader)
    {
        foreach (var term in reader.ReadArray<T>())
            Add(term, int.MaxValue);
    }

    private static void AddKeyValues<TValue>(DataViewSchema.Annotations.Builder annotations, PrimitiveDataViewType itemType, TValue[] values)
        => annotations.Add(AnnotationKinds.KeyValues, new VectorDataViewType(itemType, values.Length),
            (ref VBuffer<TValue> destination) => new VBuffer<TValue>(values.Length, values).CopyTo(ref destination));

    private void Add(T value, int maximum)
    {
        if (Count >= maximum || RawValues.IsMissing(value, Type is KeyDataViewType) || _numbers.ContainsKey(value))
            return;
        // Text may lie in a buffer that the source reuses.
        var own = value is ReadOnlyMemory<char> text ? (T)(object)text.ToString().AsMemory() : value;
        _terms.Add(own);
        _numbers.Add(own, (uint)Count);
    }

    private void AnnotateFromKey<TValue>(DataViewSchema.Annotations.Builder annotations, DataViewSchema.Column input, PrimitiveDataViewType itemType)
    {
        VBuffer<TValue> known = default;
        input.Annotations.GetValue(AnnotationKinds.KeyValues, ref known);
        AddKeyValues(annotations, itemType, [.. _terms.Select(term => known.GetItemOrDefault((int)Convert.ToUInt64(term, null) - 1))]);
    }
}
