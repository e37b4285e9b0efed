using System.Collections;

namespace TorchSharp.Utils;

/// <summary>Reads and writes the elements of a CPU tensor in row-major order, whatever its strides.</summary>
public sealed class TensorAccessor<T> : IDisposable, IEnumerable<T> where T : unmanaged
{
    private readonly Tensor tensor;
    private readonly long[] sizes, strides;
    private readonly bool contiguous;

    internal TensorAccessor(Tensor tensor)
    {
        this.tensor = tensor;
        (sizes, strides, contiguous) = (tensor.shape, tensor.stride(), tensor.is_contiguous());
        Count = tensor.NumberOfElements;
    }

    public long Count { get; }
    public bool IsReadOnly => false;

    public unsafe T this[params long[] indices]
    {
        get => *At(indices);
        set => *At(indices) = value;
    }

    public T[] ToArray()
    {
        var array = new T[Count];
        CopyTo(array);
        return array;
    }

    public void CopyTo(T[] array, int arrayIndex = 0, long tensorIndex = 0) => CopyTo(array.AsSpan(), arrayIndex, tensorIndex);
    public unsafe void CopyTo(Span<T> array, int arrayIndex = 0, long tensorIndex = 0)
    {
        var n = (int)Math.Min(Count - tensorIndex, array.Length - arrayIndex);
        var target = array.Slice(arrayIndex, n);
        if (contiguous) new ReadOnlySpan<T>((T*)tensor.DataPointer + tensorIndex, n).CopyTo(target);
        else for (var k = 0; k < n; k++) target[k] = *Element(tensorIndex + k);
    }

    public void CopyFrom(T[] array, int arrayIndex = 0, long tensorIndex = 0) => CopyFrom((ReadOnlySpan<T>)array, arrayIndex, tensorIndex);
    public unsafe void CopyFrom(ReadOnlySpan<T> array, int arrayIndex = 0, long tensorIndex = 0)
    {
        var source = array.Slice(arrayIndex, (int)Math.Min(Count - tensorIndex, array.Length - arrayIndex));
        if (contiguous) source.CopyTo(new Span<T>((T*)tensor.DataPointer + tensorIndex, source.Length));
        else for (var k = 0; k < source.Length; k++) *Element(tensorIndex + k) = source[k];
    }

    public IEnumerator<T> GetEnumerator()
    {
        for (long k = 0; k < Count; k++) yield return Read(k);
    }
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public void Dispose() { }

    private unsafe T Read(long k) => *Element(k);

    // One index counts the elements in row-major order, as many as dimensions address one.
    private unsafe T* At(long[] indices)
    {
        if (indices.Length == 1)
            return indices[0] >= 0 && indices[0] < Math.Max(Count, 1) ? Element(indices[0]) : throw new IndexOutOfRangeException($"Index {indices[0]} is not below {Count}.");
        if (indices.Length != sizes.Length) throw new ArgumentException($"{indices.Length} indices for {sizes.Length} dimensions.");
        long offset = 0;
        for (var d = 0; d < sizes.Length; d++)
        {
            if (indices[d] < 0 || indices[d] >= sizes[d]) throw new IndexOutOfRangeException($"Index {indices[d]} is not below {sizes[d]} (dimension {d}).");
            offset += indices[d] * strides[d];
        }
        return (T*)tensor.DataPointer + offset;
    }

    private unsafe T* Element(long k)
    {
        if (contiguous) return (T*)tensor.DataPointer + k;
        long offset = 0;
        for (var d = sizes.Length - 1; d >= 0; d--)
        {
            offset += k % sizes[d] * strides[d];
            k /= sizes[d];
        }
        return (T*)tensor.DataPointer + offset;
    }
}
