using System.Collections.Immutable;

namespace Microsoft.ML.Data;

/// <summary>A vector of one primitive type; a size of 0 means that it differs from row to row.</summary>
public sealed class VectorDataViewType : StructuredDataViewType
{
    public VectorDataViewType(PrimitiveDataViewType itemType, int size = 0)
        : this(itemType, [size], checkPositive: false)
    {
    }

    public VectorDataViewType(PrimitiveDataViewType itemType, params int[] dimensions)
        : this(itemType, [.. Check.NotNull(dimensions, nameof(dimensions))], checkPositive: true)
    {
    }

    public VectorDataViewType(PrimitiveDataViewType itemType, ImmutableArray<int> dimensions)
        : this(itemType, dimensions, checkPositive: true)
    {
    }

    private VectorDataViewType(PrimitiveDataViewType itemType, ImmutableArray<int> dimensions, bool checkPositive)
        : base(typeof(VBuffer<>).MakeGenericType(Check.NotNull(itemType, nameof(itemType)).RawType))
    {
        Check.Argument(dimensions.Length > 0, nameof(dimensions), "At least one dimension is needed");
        Check.Argument(dimensions.All(d => d >= 0), checkPositive ? nameof(dimensions) : "size", "Must not be negative");
        ItemType = itemType;
        Dimensions = dimensions;
        Size = dimensions.Aggregate(1, (a, b) => checked(a * b));
    }

    public ImmutableArray<int> Dimensions { get; }

    public PrimitiveDataViewType ItemType { get; }

    public int Size { get; }

    public bool IsKnownSize => Size > 0;

    public override bool Equals(DataViewType other)
        => other is VectorDataViewType vector && vector.ItemType.Equals(ItemType) && vector.Dimensions.SequenceEqual(Dimensions);

    public override int GetHashCode() => HashCode.Combine(ItemType, Size);

    public override string ToString()
    {
        var dimensions = Dimensions.Length > 1 ? Dimensions.Select(d => d > 0 ? $"{d}" : "*") : Size > 0 ? [$"{Size}"] : [];
        return $"Vector<{string.Join(", ", dimensions.Prepend(ItemType.ToString()))}>";
    }
}
