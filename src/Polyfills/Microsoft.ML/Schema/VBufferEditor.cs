namespace Microsoft.ML.Data;

public static class VBufferEditor
{
    public static VBufferEditor<T> CreateFromBuffer<T>(ref VBuffer<T> destination)
        => Create(ref destination, destination.Length, destination.GetValues().Length, keepOldOnResize: true);

    public static VBufferEditor<T> Create<T>(ref VBuffer<T> destination, int newLogicalLength, int? valuesCount = null,
        int? maxValuesCapacity = null, bool keepOldOnResize = false, bool requireIndicesOnDense = false)
    {
        Check.Argument(newLogicalLength >= 0, nameof(newLogicalLength), "Must be non-negative.");
        Check.Argument(valuesCount is null or >= 0, nameof(valuesCount), "Must be non-negative.");
        Check.Argument(valuesCount is null || valuesCount <= newLogicalLength, nameof(valuesCount), "Must be at most newLogicalLength");
        var count = valuesCount ?? newLogicalLength;
        var values = Resize(destination.Values, count, keepOldOnResize);
        var indices = count < newLogicalLength || requireIndicesOnDense ? Resize(destination.Indices, count, keepOldOnResize) : destination.Indices;
        return new(newLogicalLength, count, values, indices, requireIndicesOnDense,
            !ReferenceEquals(values, destination.Values), !ReferenceEquals(indices, destination.Indices));
    }

    private static TItem[] Resize<TItem>(TItem[] buffer, int count, bool keep)
    {
        if (buffer is not null && buffer.Length >= count)
            return buffer;
        if (!keep)
            return count == 0 ? [] : new TItem[count];
        Array.Resize(ref buffer, count);
        return buffer;
    }
}

/// <summary>Writes into the buffers that a vector will then show.</summary>
public readonly ref struct VBufferEditor<T>
{
    public readonly Span<T> Values;
    public readonly Span<int> Indices;
    private readonly int _length;
    private readonly T[] _values;
    private readonly int[] _indices;

    internal VBufferEditor(int length, int count, T[] values, int[] indices, bool indicesOnDense, bool newValues, bool newIndices)
    {
        (_length, _values, _indices, CreatedNewValues, CreatedNewIndices) = (length, values, indices, newValues, newIndices);
        Values = values.AsSpan(0, count);
        Indices = count < length || indicesOnDense ? indices.AsSpan(0, count) : default;
    }

    public bool CreatedNewValues { get; }

    public bool CreatedNewIndices { get; }

    public VBuffer<T> Commit() => new(_length, Values.Length, _values, _indices);

    public VBuffer<T> CommitTruncated(int physicalValuesCount)
    {
        Check.Argument(physicalValuesCount >= 0 && physicalValuesCount <= Values.Length, nameof(physicalValuesCount), "Must be at most the number of values");
        return new(_length, physicalValuesCount, _values, _indices);
    }
}
