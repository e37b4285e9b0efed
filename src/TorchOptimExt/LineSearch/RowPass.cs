using System.Numerics;
using System.Runtime.CompilerServices;
using TorchOptimExt.Simd;
using TorchOptimExt.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace TorchOptimExt.LineSearch;

/// <summary>
/// Work on vectors in one pass over memory, block by block, on libtorch's threads. The tensors are contiguous, on the CPU, all float32 or
/// all float64. Sums are the same bits for any number of threads.
/// </summary>
internal abstract unsafe class RowPass : ParallelWork
{
    /// <summary>The most elements of a block: what is read more than once of it stays in the caches of its processor, and the runs of
    /// memory are long enough to be foreseen by it.</summary>
    protected const int Block = 8192;

    private const int PieceLength = 4 * Block, WorthThreads = 1 << 16;

    private long length;
    private bool wide;
    private double[] sums = [];
    private int each;

    /// <summary>Whether all tensors can be read here.</summary>
    public static bool Takes(params ReadOnlySpan<Tensor> tensors)
    {
        var dtype = tensors[0].dtype;
        foreach (var tensor in tensors)
            if (tensor.device_type != DeviceType.CPU || tensor.dtype != dtype || !tensor.is_contiguous() || tensor.is_sparse
                || dtype is not (ScalarType.Float32 or ScalarType.Float64) || new TensorFacts(tensor).IsNegative) return false;
        return true;
    }

    /// <summary>Where a tensor's elements lie.</summary>
    protected static nint Address(Tensor? tensor) => tensor is null ? 0 : new TensorFacts(tensor).Address;

    /// <summary>Does a block of float32 or float64.</summary>
    /// <param name="at">Its first element.</param>
    /// <param name="count">How many elements it has.</param>
    /// <param name="sums">To add to.</param>
    protected abstract void Visit<T>(long at, int count, Span<double> sums) where T : unmanaged, INumber<T>;

    /// <summary>Visits all elements.</summary>
    /// <param name="like">A tensor of the dtype and number of elements of all.</param>
    /// <param name="count">How many sums there are.</param>
    /// <returns>The sums.</returns>
    protected double[] Run(Tensor like, int count)
    {
        (length, wide, each) = (like.NumberOfElements, like.dtype == ScalarType.Float64, count);
        var pieces = (int)((length + PieceLength - 1) / PieceLength);
        sums = new double[pieces * count];
        var threads = get_num_threads();
        if (pieces > 1 && threads > 1 && length >= WorthThreads) RunPieces(pieces, threads);
        else for (var piece = 0; piece < pieces; piece++) Piece(piece);
        var total = new double[count];
        for (var k = 0; k < sums.Length; k++) total[k % count] += sums[k];
        return total;
    }

    private protected override void Piece(int piece)
    {
        var from = (long)piece * PieceLength;
        var end = Math.Min(length, from + PieceLength);
        var own = sums.AsSpan(piece * each, each);
        for (var at = from; at < end; at += Block)
        {
            var count = (int)Math.Min(Block, end - at);
            if (wide) Visit<double>(at, count, own);
            else Visit<float>(at, count, own);
        }
    }

    /// <summary>Adds the products of two registers' elements to sums in float64, where products of two float32 numbers are exact.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected static void Accumulate<T>(Vector<T> a, Vector<T> b, ref Vector<double> first, ref Vector<double> second)
        where T : unmanaged, INumber<T>
    {
        if (typeof(T) == typeof(double))
        {
            first = FusedMultiplyAdd.Of(a.As<T, double>(), b.As<T, double>(), first);
            return;
        }
        Vector.Widen(a.As<T, float>(), out var low, out var high);
        Vector.Widen(b.As<T, float>(), out var left, out var right);
        first = FusedMultiplyAdd.Of(low, left, first);
        second = FusedMultiplyAdd.Of(high, right, second);
    }

    /// <summary>Two registers of float64 from memory.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected static void Load<T>(T* from, out Vector<double> low, out Vector<double> high) where T : unmanaged
    {
        if (typeof(T) == typeof(float)) Vector.Widen(Vector.Load((float*)from), out low, out high);
        else (low, high) = (Vector.Load((double*)from), Vector.Load((double*)from + Vector<double>.Count));
    }
}
