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
    private const int PieceLength = 1 << 15, WorthThreads = 1 << 16;

    private readonly List<(nint start, int length, bool wide)> pieces = [];
    private (double sum, bool finite)[] results = [];
    private TensorFacts facts;

    /// <summary>
    /// Takes a float32 or float64 tensor on the CPU that fills a run of memory, and must live until <see cref="Run"/>.
    /// </summary>
    /// <param name="grad">Its native handle; <see cref="NativeTensor.Available"/> must hold.</param>
    /// <returns>Whether it is such a tensor.</returns>
    public bool TryAdd(nint grad)
    {
        facts.Read(grad);
        if (facts.IsSparse || facts.Device != DeviceType.CPU || facts.Type is not (ScalarType.Float32 or ScalarType.Float64)
            || !facts.IsDense) return false;
        var wide = facts.Type == ScalarType.Float64;
        for (var at = 0L; at < facts.Length; at += PieceLength)
            pieces.Add((facts.Address + (nint)(at * (wide ? 8 : 4)), (int)Math.Min(PieceLength, facts.Length - at), wide));
        return true;
    }

    public (double sum, bool finite) Run()
    {
        if (results.Length < pieces.Count) results = new (double, bool)[Math.Max(pieces.Count, 2 * results.Length)];
        var threads = get_num_threads();
        if (threads > 1 && pieces.Sum(piece => (long)piece.length) >= WorthThreads) RunPieces(pieces.Count, threads);
        else for (var piece = 0; piece < pieces.Count; piece++) Piece(piece);
        var (sum, finite) = (0.0, true);
        foreach (var piece in results.AsSpan(0, pieces.Count)) (sum, finite) = (sum + piece.sum, finite && piece.finite);
        return (sum, finite);
    }

    private protected override void Piece(int piece)
    {
        var (start, length, wide) = pieces[piece];
        var sum = wide ? Squares((double*)start, length) : Squares((float*)start, length);
        // squares of float32 are finite in float64
        results[piece] = (sum, double.IsFinite(sum) || (wide && AllFinite(new((void*)start, length))));
    }

    // Several sums at once, so that none waits for its last addition. One run of memory, read ahead by the processor, is fastest.
    private static double Squares(float* values, int length)
    {
        var width = Vector<float>.Count;
        Vector<double> a = default, b = default, c = default, d = default, e = default, f = default, g = default, h = default;
        var at = 0;
        for (; at <= length - 4 * width; at += 4 * width)
        {
            Vector.Widen(Vector.Load(values + at), out var first, out var second);
            Vector.Widen(Vector.Load(values + at + width), out var third, out var fourth);
            (a, b, c, d) = (a + first * first, b + second * second, c + third * third, d + fourth * fourth);
            Vector.Widen(Vector.Load(values + at + 2 * width), out first, out second);
            Vector.Widen(Vector.Load(values + at + 3 * width), out third, out fourth);
            (e, f, g, h) = (e + first * first, f + second * second, g + third * third, h + fourth * fourth);
        }
        var sum = Vector.Sum(a + b + (c + d) + (e + f + (g + h)));
        for (; at < length; at++) sum += (double)values[at] * values[at];
        return sum;
    }

    private static double Squares(double* values, int length)
    {
        var width = Vector<double>.Count;
        Vector<double> a = default, b = default, c = default, d = default;
        var at = 0;
        for (; at <= length - 4 * width; at += 4 * width)
        {
            var (first, second) = (Vector.Load(values + at), Vector.Load(values + at + width));
            var (third, fourth) = (Vector.Load(values + at + 2 * width), Vector.Load(values + at + 3 * width));
            (a, b, c, d) = (a + first * first, b + second * second, c + third * third, d + fourth * fourth);
        }
        var sum = Vector.Sum(a + b + (c + d));
        for (; at < length; at++) sum += values[at] * values[at];
        return sum;
    }

    private static bool AllFinite(ReadOnlySpan<double> values)
    {
        foreach (var value in values) if (!double.IsFinite(value)) return false;
        return true;
    }
}
