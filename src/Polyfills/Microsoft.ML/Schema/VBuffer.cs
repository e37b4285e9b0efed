using System.Collections;

namespace Microsoft.ML.Data;

/// <summary>
/// A vector that is dense, or sparse with strictly increasing indices; what has no index is default.
/// It is a view on buffers that the next value may reuse.
/// </summary>
public readonly struct VBuffer<T>
{
    public readonly int Length;
    private readonly int _count;
    internal readonly T[] Values;
    internal readonly int[] Indices;

    public VBuffer(int length, T[] values, int[] indices = null)
    {
        Check.Argument(length >= 0, nameof(length), "Must not be negative");
        Check.Argument((values?.Length ?? 0) >= length, nameof(values), "Must have at least as many values as the vector is long");
        (Length, _count, Values, Indices) = (length, length, values, indices);
    }

    public VBuffer(int length, int count, T[] values, int[] indices)
    {
        Check.Argument(length >= 0, nameof(length), "Must not be negative");
        Check.Argument(count >= 0 && count <= length, nameof(count), "Must be from 0 to the length");
        Check.Argument((values?.Length ?? 0) >= count, nameof(values), "Must have at least count values");
        Check.Argument(count == length || (indices?.Length ?? 0) >= count, nameof(indices), "Must have at least count indices");
        (Length, _count, Values, Indices) = (length, count, values, indices);
    }

    public bool IsDense => _count == Length;

    public ReadOnlySpan<T> GetValues() => Values.AsSpan(0, _count);

    public ReadOnlySpan<int> GetIndices() => IsDense ? default : Indices.AsSpan(0, _count);

    public void CopyToDense(ref VBuffer<T> destination)
    {
        if (IsDense)
        {
            CopyTo(ref destination);
            return;
        }
        var editor = VBufferEditor.Create(ref destination, Length);
        CopyTo(editor.Values);
        destination = editor.Commit();
    }

    public void CopyTo(ref VBuffer<T> destination)
    {
        var editor = VBufferEditor.Create(ref destination, Length, _count);
        GetValues().CopyTo(editor.Values);
        GetIndices().CopyTo(editor.Indices);
        destination = editor.Commit();
    }

    public void CopyTo(ref VBuffer<T> destination, int sourceIndex, int length)
    {
        Check.Argument(sourceIndex >= 0 && sourceIndex <= Length, nameof(sourceIndex), "Must be within the vector");
        Check.Argument(length >= 0 && sourceIndex + length <= Length, nameof(length), "Must end within the vector");
        var from = IsDense ? sourceIndex : LowerBound(sourceIndex);
        var to = IsDense ? sourceIndex + length : LowerBound(sourceIndex + length);
        var editor = VBufferEditor.Create(ref destination, length, to - from);
        GetValues()[from..to].CopyTo(editor.Values);
        for (var i = 0; i < editor.Indices.Length; i++)
            editor.Indices[i] = Indices[from + i] - sourceIndex;
        destination = editor.Commit();
    }

    public void CopyTo(Span<T> destination) => CopyTo(destination, 0);

    public void CopyTo(Span<T> destination, int destinationIndex, T defaultValue = default)
    {
        Check.Argument(destinationIndex >= 0 && destinationIndex + Length <= destination.Length, nameof(destination), "Not large enough to hold these values");
        var target = destination.Slice(destinationIndex, Length);
        if (IsDense)
        {
            GetValues().CopyTo(target);
            return;
        }
        target.Fill(defaultValue);
        for (var i = 0; i < _count; i++)
            target[Indices[i]] = Values[i];
    }

    public static void Copy(T[] source, int sourceIndex, ref VBuffer<T> destination, int length)
    {
        var editor = VBufferEditor.Create(ref destination, length);
        source.AsSpan(sourceIndex, length).CopyTo(editor.Values);
        destination = editor.Commit();
    }

    public IEnumerable<KeyValuePair<int, T>> Items(bool all = false)
    {
        if (!all)
        {
            for (var i = 0; i < _count; i++)
                yield return new(IsDense ? i : Indices[i], Values[i]);
            yield break;
        }
        var index = 0;
        foreach (var value in DenseValues())
            yield return new(index++, value);
    }

    public IEnumerable<T> DenseValues()
    {
        for (int i = 0, next = 0; i < Length; i++)
        {
            if (IsDense)
                yield return Values[i];
            else
                yield return next < _count && Indices[next] == i ? Values[next++] : default;
        }
    }

    public IEnumerator GetEnumerator() => DenseValues().GetEnumerator();

    public void GetItemOrDefault(int index, ref T destination) => destination = GetItemOrDefault(index);

    public T GetItemOrDefault(int index)
    {
        Check.Argument(index >= 0 && index < Length, nameof(index), "Index out of range");
        if (IsDense)
            return Values[index];
        var position = LowerBound(index);
        return position < _count && Indices[position] == index ? Values[position] : default;
    }

    public override string ToString() => IsDense ? $"Dense vector of size {Length}" : $"Sparse vector of size {Length}, {_count} explicit values";

    /// <summary>Position of the first explicit index that is not less than <paramref name="index"/>.</summary>
    private int LowerBound(int index)
    {
        var position = Array.BinarySearch(Indices ?? [], 0, _count, index);
        return position >= 0 ? position : ~position;
    }
}
