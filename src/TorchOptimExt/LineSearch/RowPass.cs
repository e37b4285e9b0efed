using System.Numerics;
using TorchOptimExt.Simd;
using TorchOptimExt.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace TorchOptimExt.LineSearch;

/// <summary>
/// Scalar products of rows with vectors, and combinations of rows, each in one pass over memory: what a direction of limited-memory BFGS
/// consists of. Sums run in float64; they are the same bits for any number of threads. The tensors are contiguous, on the CPU, all float32
/// or all float64.
/// </summary>
internal sealed unsafe class RowPass : ParallelWork
{
    private const int Block = 1024, PieceLength = 1 << 15, WorthThreads = 1 << 16;

    private nint[] rows = [], vectors = [];
    private double[] numbers = [];
    private nint result;
    private long length;
    private bool wide, combines;

    /// <summary>Whether all tensors can be read here.</summary>
    public static bool Takes(params ReadOnlySpan<Tensor> tensors)
    {
        var dtype = tensors[0].dtype;
        foreach (var tensor in tensors)
            if (tensor.device_type != DeviceType.CPU || tensor.dtype != dtype || !tensor.is_contiguous() || tensor.is_sparse
                || dtype is not (ScalarType.Float32 or ScalarType.Float64) || new TensorFacts(tensor).IsNegative) return false;
        return true;
    }

    /// <summary>The product of each row with each vector, by row.</summary>
    public double[] Products(IReadOnlyList<Tensor> rows, IReadOnlyList<Tensor> vectors)
    {
        Begin(rows, vectors, vectors[0]);
        combines = false;
        var pieces = (int)((length + PieceLength - 1) / PieceLength);
        var pairs = rows.Count * vectors.Count;
        numbers = new double[pieces * pairs];
        Run(pieces);
        var sums = new double[pairs];
        for (var k = 0; k < numbers.Length; k++) sums[k % pairs] += numbers[k];
        return sums;
    }

    /// <summary>result ← Σ factor · row.</summary>
    public void Combine(Tensor result, IReadOnlyList<Tensor> rows, double[] factors)
    {
        Begin(rows, [], result);
        (combines, this.result, numbers) = (true, new TensorFacts(result).Address, factors);
        Run((int)((length + PieceLength - 1) / PieceLength));
    }

    private void Begin(IReadOnlyList<Tensor> rows, IReadOnlyList<Tensor> vectors, Tensor like)
    {
        this.rows = [.. rows.Select(row => new TensorFacts(row).Address)];
        this.vectors = [.. vectors.Select(vector => new TensorFacts(vector).Address)];
        (length, wide) = (like.NumberOfElements, like.dtype == ScalarType.Float64);
    }

    private void Run(int pieces)
    {
        var threads = get_num_threads();
        if (pieces > 1 && threads > 1 && length >= WorthThreads) RunPieces(pieces, threads);
        else for (var piece = 0; piece < pieces; piece++) Piece(piece);
    }

    private protected override void Piece(int piece)
    {
        if (wide) Piece<double>(piece);
        else Piece<float>(piece);
    }

    private void Piece<T>(int piece) where T : unmanaged, INumber<T>
    {
        var from = (long)piece * PieceLength;
        var end = Math.Min(length, from + PieceLength);
        for (var at = from; at < end; at += Block)
        {
            var count = (int)Math.Min(Block, end - at);
            if (combines) Combine<T>(at, count);
            else Multiply(piece, at, count);
        }
    }

    private void Multiply(int piece, long at, int count)
    {
        var place = piece * rows.Length * vectors.Length;
        foreach (var row in rows)
            foreach (var vector in vectors)
                numbers[place++] += wide ? Dot((double*)row + at, (double*)vector + at, count)
                    : Dot((float*)row + at, (float*)vector + at, count);
    }

    private static double Dot(double* a, double* b, int count)
    {
        var width = Vector<double>.Count;
        Vector<double> first = default, second = default;
        var k = 0;
        for (; k <= count - 2 * width; k += 2 * width)
        {
            first += Vector.Load(a + k) * Vector.Load(b + k);
            second += Vector.Load(a + k + width) * Vector.Load(b + k + width);
        }
        var sum = Vector.Sum(first + second);
        for (; k < count; k++) sum += a[k] * b[k];
        return sum;
    }

    // Products of two float32 numbers are exact in float64.
    private static double Dot(float* a, float* b, int count)
    {
        var width = Vector<float>.Count;
        Vector<double> first = default, second = default;
        var k = 0;
        for (; k <= count - width; k += width)
        {
            Vector.Widen(Vector.Load(a + k), out var low, out var high);
            Vector.Widen(Vector.Load(b + k), out var left, out var right);
            first += low * left;
            second += high * right;
        }
        var sum = Vector.Sum(first + second);
        for (; k < count; k++) sum += (double)a[k] * b[k];
        return sum;
    }

    private void Combine<T>(long at, int count) where T : unmanaged, INumber<T>
    {
        var to = (T*)result + at;
        for (var k = 0; k < rows.Length; k++) Add(to, (T*)rows[k] + at, T.CreateTruncating(numbers[k]), count, k == 0);
    }

    private static void Add<T>(T* to, T* row, T factor, int count, bool first) where T : unmanaged, INumber<T>
    {
        var (width, k) = (Vector<T>.Count, 0);
        for (; k <= count - width; k += width)
        {
            var term = Vector.Load(row + k) * factor;
            Vector.Store(first ? term : Vector.Load(to + k) + term, to + k);
        }
        for (; k < count; k++) to[k] = first ? row[k] * factor : to[k] + row[k] * factor;
    }
}
