namespace Microsoft.ML.Data;

/// <summary>What follows from a data view type or a raw type.</summary>
internal static class DataViewTypes
{
    /// <summary>The primitive type that holds values of a raw type, or null.</summary>
    public static PrimitiveDataViewType PrimitiveOrNull(Type raw)
        => raw == typeof(bool) ? BooleanDataViewType.Instance
            : raw == typeof(ReadOnlyMemory<char>) || raw == typeof(string) ? TextDataViewType.Instance
            : NumberDataViewType.All.FirstOrDefault(t => t.RawType == raw);

    public static PrimitiveDataViewType Of(DataKind kind) => kind switch
    {
        DataKind.SByte => NumberDataViewType.SByte,
        DataKind.Byte => NumberDataViewType.Byte,
        DataKind.Int16 => NumberDataViewType.Int16,
        DataKind.UInt16 => NumberDataViewType.UInt16,
        DataKind.Int32 => NumberDataViewType.Int32,
        DataKind.UInt32 => NumberDataViewType.UInt32,
        DataKind.Int64 => NumberDataViewType.Int64,
        DataKind.UInt64 => NumberDataViewType.UInt64,
        DataKind.Single => NumberDataViewType.Single,
        DataKind.Double => NumberDataViewType.Double,
        DataKind.String => TextDataViewType.Instance,
        DataKind.Boolean => BooleanDataViewType.Instance,
        _ => throw new NotSupportedException($"Data kind {kind} is not in this polyfill of ML.NET."),
    };

    public static DataKind KindOf(PrimitiveDataViewType type)
        => Enum.GetValues<DataKind>().First(kind => kind is not (DataKind.DateTime or DataKind.DateTimeOffset or DataKind.TimeSpan) && Of(kind).Equals(type));

    public static DataViewType ItemType(this DataViewType type) => type is VectorDataViewType vector ? vector.ItemType : type;

    /// <summary>Number of slots: 1 for a scalar, 0 for a vector of unknown size.</summary>
    public static int SlotCount(this DataViewType type) => type is VectorDataViewType vector ? vector.Size : 1;

    /// <summary>The key's cardinality, or 0 if the type is no key.</summary>
    public static ulong KeyCount(this DataViewType type) => type is KeyDataViewType key ? key.Count : 0;
}
