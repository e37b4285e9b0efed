using System.Numerics;
using System.Runtime.CompilerServices;
using TorchOptimExt.Simd;
using static TorchSharp.torch;

namespace TorchOptimExt.LineSearch;

/// <summary>A combination of rows, summed in float64: factors of nearly dependent rows are large and cancel.</summary>
internal sealed unsafe class RowCombination : RowPass
{
    private nint[] rows = [];
    private double[] factors = [];
    private nint result;

    /// <summary>result ← Σ factor · row.</summary>
    /// <returns>The scalar product of the result with the first row, and its own.</returns>
    public (double along, double square) Of(Tensor result, IReadOnlyList<Tensor> rows, double[] factors)
    {
        (this.result, this.rows, this.factors) = (Address(result), [.. rows.Select(Address)], factors);
        var sums = Run(result, 2);
        return (sums[0], sums[1]);
    }

    [SkipLocalsInit]
    protected override void Visit<T>(long at, int count, Span<double> sums)
    {
        var total = stackalloc double[Block];
        new Span<double>(total, count).Clear();
        var r = 0;
        for (; r + 3 < rows.Length; r += 4)
            Add(total, Row<T>(r, at), Row<T>(r + 1, at), Row<T>(r + 2, at), Row<T>(r + 3, at), factors.AsSpan(r, 4), count);
        for (; r < rows.Length; r++) Add(total, Row<T>(r, at), factors[r], count);
        Leave(total, (T*)result + at, Row<T>(0, at), count, sums);
    }

    private T* Row<T>(int row, long at) where T : unmanaged => (T*)rows[row] + at;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add<T>(double* total, T* row, double factor, int count) where T : unmanaged, INumber<T>
    {
        var k = 0;
        for (; k <= count - 2 * Vector<double>.Count; k += 2 * Vector<double>.Count)
        {
            Load(row + k, out var low, out var high);
            Vector.Store(Vector.Load(total + k) + low * factor, total + k);
            Vector.Store(Vector.Load(total + k + Vector<double>.Count) + high * factor, total + k + Vector<double>.Count);
        }
        for (; k < count; k++) total[k] += factor * double.CreateTruncating(row[k]);
    }

    // Four rows at once: the sums are read and written a quarter as often.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add<T>(double* total, T* a, T* b, T* c, T* d, ReadOnlySpan<double> factors, int count)
        where T : unmanaged, INumber<T>
    {
        var (fa, fb, fc, fd) = (factors[0], factors[1], factors[2], factors[3]);
        Vector<double> va = new(fa), vb = new(fb), vc = new(fc), vd = new(fd);
        var k = 0;
        for (; k <= count - 2 * Vector<double>.Count; k += 2 * Vector<double>.Count)
        {
            Load(a + k, out var al, out var ah);
            Load(b + k, out var bl, out var bh);
            Load(c + k, out var cl, out var ch);
            Load(d + k, out var dl, out var dh);
            var low = FusedMultiplyAdd.Of(al, va, FusedMultiplyAdd.Of(bl, vb, Vector.Load(total + k)));
            var high = FusedMultiplyAdd.Of(ah, va, FusedMultiplyAdd.Of(bh, vb, Vector.Load(total + k + Vector<double>.Count)));
            Vector.Store(FusedMultiplyAdd.Of(cl, vc, FusedMultiplyAdd.Of(dl, vd, low)), total + k);
            Vector.Store(FusedMultiplyAdd.Of(ch, vc, FusedMultiplyAdd.Of(dh, vd, high)), total + k + Vector<double>.Count);
        }
        for (; k < count; k++)
            total[k] += fa * double.CreateTruncating(a[k]) + fb * double.CreateTruncating(b[k])
                + (fc * double.CreateTruncating(c[k]) + fd * double.CreateTruncating(d[k]));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Leave<T>(double* total, T* result, T* with, int count, Span<double> sums) where T : unmanaged, INumber<T>
    {
        Vector<double> a = default, b = default, c = default, d = default;
        var k = 0;
        for (; k <= count - 2 * Vector<double>.Count; k += 2 * Vector<double>.Count)
        {
            Vector<double> low = Vector.Load(total + k), high = Vector.Load(total + k + Vector<double>.Count);
            if (typeof(T) == typeof(float))
            {
                var narrow = Vector.Narrow(low, high);
                Vector.Store(narrow, (float*)result + k);
                Vector.Widen(narrow, out low, out high);
            }
            else
            {
                Vector.Store(low, (double*)result + k);
                Vector.Store(high, (double*)result + k + Vector<double>.Count);
            }
            Load(with + k, out var left, out var right);
            (a, b) = (FusedMultiplyAdd.Of(low, left, a), FusedMultiplyAdd.Of(high, right, b));
            (c, d) = (FusedMultiplyAdd.Of(low, low, c), FusedMultiplyAdd.Of(high, high, d));
        }
        (sums[0], sums[1]) = (sums[0] + Vector.Sum(a + b), sums[1] + Vector.Sum(c + d));
        for (; k < count; k++)
        {
            result[k] = T.CreateTruncating(total[k]);
            var left = double.CreateTruncating(result[k]);
            (sums[0], sums[1]) = (sums[0] + left * double.CreateTruncating(with[k]), sums[1] + left * left);
        }
    }
}
