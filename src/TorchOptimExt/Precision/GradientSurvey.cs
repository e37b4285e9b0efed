using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using TorchOptimExt.Simd;
using TorchOptimExt.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace TorchOptimExt.Precision;

/// <summary>
/// Reads gradients in memory once: the sum of their squares, in float64 but for eight at a time, and whether all are finite. The sum is
/// that of fixed pieces in order, whatever the number of threads.
/// </summary>
internal sealed unsafe class GradientSurvey : ParallelWork
{
    private const int PieceLength = 1 << 15, WorthThreads = 1 << 16, Streams = 8, Block = 64;

    // Where the squares of a piece add up to so much, those that are lost below float32's range cannot be seen in the sum.
    private const double LeastBySingle = 1e-20;

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
        else for (var turn = 0; turn < pieces.Count; turn++) Piece(turn);
        var (sum, finite) = (0.0, true);
        foreach (var piece in results.AsSpan(0, pieces.Count)) (sum, finite) = (sum + piece.sum, finite && piece.finite);
        return (sum, finite);
    }

    // From the last piece to the first: the step that follows begins with what was read last and lies in the cache.
    private protected override void Piece(int turn)
    {
        var piece = pieces.Count - 1 - turn;
        var (start, length, wide) = pieces[piece];
        var sum = wide ? Squares((double*)start, length) : Squares((float*)start, length);
        // squares of float32 are finite in float64
        results[piece] = (sum, double.IsFinite(sum) || (wide && AllFinite(new((void*)start, length))));
    }

    // Numbers whose squares leave float32's range are read again, multiplied by a power of two: multiples of it have the same digits.
    private static double Squares(float* values, int length)
    {
        var sum = SquaresByBlocks<AsTheyAre>(values, length);
        return !double.IsFinite(sum) ? SquaresByBlocks<Smaller>(values, length)
            : sum < LeastBySingle ? SquaresByBlocks<Larger>(values, length) : sum;
    }

    // Few squares are added in float32 before they are widened: an eighth of the conversions. Several places of memory are read in turn,
    // each of which the processor reads ahead of by itself.
    private static double SquaresByBlocks<TFactor>(float* values, int length) where TFactor : IFactor
    {
        var part = length / Streams / Block * Block;
        Vector256<double> low = default, high = default;
        for (var at = 0; at < part; at += Block)
            for (var stream = 0; stream < Streams; stream++)
            {
                var (lower, upper) = Vector256.Widen(SquaresOfBlock<TFactor>(values + stream * part + at));
                (low, high) = (low + lower, high + upper);
            }
        var taken = Streams * part;
        double factor = TFactor.Value;
        return Vector256.Sum(low + high) / (factor * factor) + WidenedSquares(values + taken, length - taken);
    }

    private static Vector256<float> SquaresOfBlock<TFactor>(float* values) where TFactor : IFactor
    {
        var (a, b) = (Load<TFactor>(values), Load<TFactor>(values + 8));
        var (c, d) = (Load<TFactor>(values + 16), Load<TFactor>(values + 24));
        var (e, f) = (Load<TFactor>(values + 32), Load<TFactor>(values + 40));
        var (g, h) = (Load<TFactor>(values + 48), Load<TFactor>(values + 56));
        return a * a + b * b + (c * c + d * d) + (e * e + f * f + (g * g + h * h));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Load<TFactor>(float* from) where TFactor : IFactor =>
        typeof(TFactor) == typeof(AsTheyAre) ? Vector256.Load(from) : Vector256.Load(from) * TFactor.Value;

    private static double WidenedSquares(float* values, int length)
    {
        Vector256<double> a = default, b = default, c = default, d = default;
        var at = 0;
        for (; at <= length - 16; at += 16)
        {
            var (first, second) = Vector256.Widen(Vector256.Load(values + at));
            var (third, fourth) = Vector256.Widen(Vector256.Load(values + at + 8));
            (a, b, c, d) = (a + first * first, b + second * second, c + third * third, d + fourth * fourth);
        }
        var sum = Vector256.Sum(a + b + (c + d));
        for (; at < length; at++) sum += (double)values[at] * values[at];
        return sum;
    }

    private static double Squares(double* values, int length)
    {
        Vector256<double> a = default, b = default, c = default, d = default;
        var at = 0;
        for (; at <= length - 16; at += 16)
        {
            var (first, second) = (Vector256.Load(values + at), Vector256.Load(values + at + 4));
            var (third, fourth) = (Vector256.Load(values + at + 8), Vector256.Load(values + at + 12));
            (a, b, c, d) = (a + first * first, b + second * second, c + third * third, d + fourth * fourth);
        }
        var sum = Vector256.Sum(a + b + (c + d));
        for (; at < length; at++) sum += values[at] * values[at];
        return sum;
    }

    private interface IFactor
    {
        static abstract float Value { get; }
    }

    private readonly struct AsTheyAre : IFactor
    {
        public static float Value => 1;
    }

    private readonly struct Larger : IFactor
    {
        public static float Value => 1.2379400392853803e27f;      // 2⁹⁰
    }

    private readonly struct Smaller : IFactor
    {
        public static float Value => 8.470329472543003e-22f;       // 2⁻⁷⁰
    }

    private static bool AllFinite(ReadOnlySpan<double> values)
    {
        foreach (var value in values) if (!double.IsFinite(value)) return false;
        return true;
    }
}
