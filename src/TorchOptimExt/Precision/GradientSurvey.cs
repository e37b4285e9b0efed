using System.Numerics;
using TorchOptimExt.Simd;
using TorchOptimExt.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace TorchOptimExt.Precision;

/// <summary>
/// Reads gradients in memory once: the sum of their squares, in float64, and whether all are finite. The sum is that of fixed pieces in
/// order, whatever the number of threads.
/// </summary>
internal sealed unsafe class GradientSurvey : ParallelWork
{
    private const int PieceLength = 1 << 15;

    private readonly List<(nint start, int length, bool wide)> pieces = [];
    private (double sum, bool finite)[] results = [];

    /// <summary>Takes a contiguous float32 or float64 tensor on the CPU, which must live until <see cref="Run"/>.</summary>
    public bool TryAdd(Tensor grad)
    {
        if (!NativeTensor.Available || grad.device_type != DeviceType.CPU || grad.dtype is not (ScalarType.Float32 or ScalarType.Float64)
            || !grad.is_contiguous()) return false;
        var (start, wide, length) = (NativeTensor.Data(grad.Handle), grad.dtype == ScalarType.Float64, grad.numel());
        for (long at = 0; at < length;
            at += PieceLength) pieces.Add((start + (nint)(at * (wide ? 8 : 4)), (int)Math.Min(PieceLength, length - at), wide));
        return true;
    }

    public (double sum, bool finite) Run()
    {
        if (pieces.Count == 0) return (0, true);
        results = new (double, bool)[pieces.Count];
        RunPieces(pieces.Count, Math.Min(get_num_threads(), pieces.Count));
        return results.Aggregate((sum: 0.0, finite: true), (all, piece) => (all.sum + piece.sum, all.finite && piece.finite));
    }

    private protected override void Piece(int piece)
    {
        var (start, length, wide) = pieces[piece];
        var sum = wide ? Squares(new ReadOnlySpan<double>((void*)start, length)) : Squares(new ReadOnlySpan<float>((void*)start, length));
        // squares of float32 are finite in float64
        results[piece] = (sum, double.IsFinite(sum) || (wide && AllFinite(new((void*)start, length))));
    }

    private static double Squares(ReadOnlySpan<float> values)
    {
        var (first, second) = (Vector<double>.Zero, Vector<double>.Zero);
        var at = 0;
        for (; at <= values.Length - Vector<float>.Count; at += Vector<float>.Count)
        {
            Vector.Widen(new Vector<float>(values[at..]), out var low, out var high);
            first += low * low;
            second += high * high;
        }
        var sum = Vector.Sum(first + second);
        for (; at < values.Length; at++) sum += (double)values[at] * values[at];
        return sum;
    }

    private static double Squares(ReadOnlySpan<double> values)
    {
        var squares = Vector<double>.Zero;
        var at = 0;
        for (; at <= values.Length - Vector<double>.Count; at += Vector<double>.Count)
        {
            var next = new Vector<double>(values[at..]);
            squares += next * next;
        }
        var sum = Vector.Sum(squares);
        for (; at < values.Length; at++) sum += values[at] * values[at];
        return sum;
    }

    private static bool AllFinite(ReadOnlySpan<double> values)
    {
        foreach (var value in values) if (!double.IsFinite(value)) return false;
        return true;
    }
}
