using System.Numerics;
using System.Runtime.CompilerServices;
using TorchOptimExt.Simd;
using static TorchSharp.torch;

namespace TorchOptimExt.LineSearch;

/// <summary>The scalar products of rows with vectors: each row is read once for every two vectors. Long float32 vectors are summed in short
/// float32 runs, which float64 adds up: the reading takes the time then, not the arithmetic.</summary>
internal sealed unsafe class RowProducts : RowPass
{
    private const int Adds = 16, Long = 1 << 16;

    private nint[] rows = [], vectors = [];
    private bool isLong;

    /// <summary>The product of each row with each vector, by row.</summary>
    public double[] Of(IReadOnlyList<Tensor> rows, IReadOnlyList<Tensor> vectors)
    {
        (this.rows, this.vectors) = ([.. rows.Select(Address)], [.. vectors.Select(Address)]);
        isLong = vectors[0].NumberOfElements >= Long;
        return Run(vectors[0], rows.Count * vectors.Count);
    }

    [SkipLocalsInit]
    protected override void Visit<T>(long at, int count, Span<double> sums)
    {
        var wide = stackalloc double[2 * Block];
        for (var v = 0; v < vectors.Length; v += 2)
        {
            var beyond = Math.Min(v + 1, vectors.Length - 1);       // a last one is its own neighbour; so is a last row
            T* first = (T*)vectors[v] + at, second = (T*)vectors[beyond] + at;
            var brief = isLong && typeof(T) == typeof(float);
            var one = brief ? null : Widen(first, wide, count);
            var two = brief ? null : Widen(second, wide + Block, count);
            for (var r = 0; r < rows.Length; r += 2)
            {
                var below = Math.Min(r + 1, rows.Length - 1);
                T* upper = (T*)rows[r] + at, lower = (T*)rows[below] + at;
                var found = brief ? DotInRuns((float*)upper, (float*)lower, (float*)first, (float*)second, count)
                    : Dot(upper, lower, one, two, count);
                sums[r * vectors.Length + v] += found.a;
                if (beyond > v) sums[r * vectors.Length + beyond] += found.b;
                if (below > r) sums[below * vectors.Length + v] += found.c;
                if (below > r && beyond > v) sums[below * vectors.Length + beyond] += found.d;
            }
        }
    }

    // Once for all rows.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double* Widen<T>(T* from, double* to, int count) where T : unmanaged
    {
        if (typeof(T) == typeof(double)) return (double*)from;
        var k = 0;
        for (; k <= count - 2 * Vector<double>.Count; k += 2 * Vector<double>.Count)
        {
            Load(from + k, out var low, out var high);
            Vector.Store(low, to + k);
            Vector.Store(high, to + k + Vector<double>.Count);
        }
        for (; k < count; k++) to[k] = ((float*)from)[k];
        return to;
    }

    // Two rows with two vectors: what is read is used twice.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static (double a, double b, double c, double d) Dot<T>(T* row, T* below, double* first, double* second, int count)
        where T : unmanaged, INumber<T>
    {
        Vector<double> a = default, b = default, c = default, d = default, a2 = default, b2 = default, c2 = default, d2 = default;
        var (width, k) = (Vector<double>.Count, 0);
        for (; k <= count - 2 * width; k += 2 * width)
        {
            Load(row + k, out var low, out var high);
            Load(below + k, out var lower, out var higher);
            Vector<double> one = Vector.Load(first + k), two = Vector.Load(second + k);
            a = FusedMultiplyAdd.Of(low, one, a);
            b = FusedMultiplyAdd.Of(low, two, b);
            c = FusedMultiplyAdd.Of(lower, one, c);
            d = FusedMultiplyAdd.Of(lower, two, d);
            (one, two) = (Vector.Load(first + k + width), Vector.Load(second + k + width));
            a2 = FusedMultiplyAdd.Of(high, one, a2);
            b2 = FusedMultiplyAdd.Of(high, two, b2);
            c2 = FusedMultiplyAdd.Of(higher, one, c2);
            d2 = FusedMultiplyAdd.Of(higher, two, d2);
        }
        var sums = (a: Vector.Sum(a + a2), b: Vector.Sum(b + b2), c: Vector.Sum(c + c2), d: Vector.Sum(d + d2));
        for (; k < count; k++)
        {
            double upper = double.CreateTruncating(row[k]), lower = double.CreateTruncating(below[k]);
            sums = (sums.a + upper * first[k], sums.b + upper * second[k], sums.c + lower * first[k], sums.d + lower * second[k]);
        }
        return sums;
    }

    // As many float32 sums in each lane that what they lose is as random as the rounding of the elements, and as small beside it.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static (double a, double b, double c, double d) DotInRuns(float* row, float* below, float* first, float* second, int count)
    {
        var sums = (a: 0.0, b: 0.0, c: 0.0, d: 0.0);
        var (width, k) = (Vector<float>.Count, 0);
        while (k <= count - 2 * width)
        {
            Vector<float> a = default, b = default, c = default, d = default, a2 = default, b2 = default, c2 = default, d2 = default;
            for (var end = Math.Min(k + 2 * width * Adds, count); k <= end - 2 * width; k += 2 * width)
            {
                Vector<float> x = Vector.Load(first + k), y = Vector.Load(second + k), upper = Vector.Load(row + k),
                    lower = Vector.Load(below + k);
                (a, b) = (FusedMultiplyAdd.Of(upper, x, a), FusedMultiplyAdd.Of(upper, y, b));
                (c, d) = (FusedMultiplyAdd.Of(lower, x, c), FusedMultiplyAdd.Of(lower, y, d));
                (x, y, upper, lower) = (Vector.Load(first + k + width), Vector.Load(second + k + width), Vector.Load(row + k + width),
                    Vector.Load(below + k + width));
                (a2, b2) = (FusedMultiplyAdd.Of(upper, x, a2), FusedMultiplyAdd.Of(upper, y, b2));
                (c2, d2) = (FusedMultiplyAdd.Of(lower, x, c2), FusedMultiplyAdd.Of(lower, y, d2));
            }
            sums = (sums.a + Vector.Sum(a + a2), sums.b + Vector.Sum(b + b2), sums.c + Vector.Sum(c + c2), sums.d + Vector.Sum(d + d2));
        }
        for (; k < count; k++)
        {
            double upper = row[k], lower = below[k];
            sums = (sums.a + upper * first[k], sums.b + upper * second[k], sums.c + lower * first[k], sums.d + lower * second[k]);
        }
        return sums;
    }
}
