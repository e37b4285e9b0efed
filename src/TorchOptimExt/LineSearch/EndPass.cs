using System.Numerics;
using System.Runtime.CompilerServices;
using static TorchSharp.torch;

namespace TorchOptimExt.LineSearch;

/// <summary>What is asked of the gradient where a trial ended, in one pass: its product with the direction, its square distance from the
/// gradient where the step began, and its largest element.</summary>
internal sealed unsafe class EndPass : RowPass
{
    private nint gradient, before, direction;
    private long largest;

    /// <summary>gᵀd, ‖g − g₀‖² and max|g|, NaN where an element is.</summary>
    public static (double along, double change, double largest) Of(Tensor gradient, Tensor before, Tensor direction)
    {
        var pass = new EndPass { gradient = Address(gradient), before = Address(before), direction = Address(direction) };
        var sums = pass.Run(gradient, 2);
        return (sums[0], sums[1], Largest(gradient, pass.largest));
    }

    /// <summary>max|g| alone.</summary>
    public static double Of(Tensor gradient)
    {
        var pass = new EndPass { gradient = Address(gradient) };
        pass.Run(gradient, 2);
        return Largest(gradient, pass.largest);
    }

    private static double Largest(Tensor gradient, long bits) => gradient.dtype == ScalarType.Float64
        ? BitConverter.Int64BitsToDouble(bits) : BitConverter.Int32BitsToSingle((int)bits);

    protected override void Visit<T>(long at, int count, Span<double> sums)
    {
        var g = (T*)gradient + at;
        if (direction != 0) Sum(g, (T*)before + at, (T*)direction + at, count, sums);
        // While it is near.
        var bits = typeof(T) == typeof(float) ? LargestBits((int*)g, int.MaxValue, count) : LargestBits((long*)g, long.MaxValue, count);
        for (var seen = Volatile.Read(ref largest); bits > seen;)
        {
            var found = Interlocked.CompareExchange(ref largest, bits, seen);
            if (found == seen) return;
            seen = found;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Sum<T>(T* gradient, T* before, T* direction, int count, Span<double> sums) where T : unmanaged, INumber<T>
    {
        Vector<double> a = default, b = default, c = default, d = default;
        var k = 0;
        for (; k <= count - Vector<T>.Count; k += Vector<T>.Count)
        {
            var g = Vector.Load(gradient + k);
            var y = g - Vector.Load(before + k);
            Accumulate(g, Vector.Load(direction + k), ref a, ref b);
            Accumulate(y, y, ref c, ref d);
        }
        (sums[0], sums[1]) = (sums[0] + Vector.Sum(a + b), sums[1] + Vector.Sum(c + d));
        for (; k < count; k++)
        {
            double g = double.CreateTruncating(gradient[k]), y = double.CreateTruncating(gradient[k] - before[k]);
            (sums[0], sums[1]) = (sums[0] + g * double.CreateTruncating(direction[k]), sums[1] + y * y);
        }
    }

    // As integers the bits of absolute values are in order, with NaN above ∞.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static long LargestBits<T>(T* vector, T mask, int count) where T : unmanaged, IBinaryInteger<T>
    {
        var (spread, most, other, k) = (new Vector<T>(mask), Vector<T>.Zero, Vector<T>.Zero, 0);
        for (; k <= count - 2 * Vector<T>.Count; k += 2 * Vector<T>.Count)
        {
            most = Vector.Max(most, Vector.Load(vector + k) & spread);
            other = Vector.Max(other, Vector.Load(vector + k + Vector<T>.Count) & spread);
        }
        most = Vector.Max(most, other);
        var largest = T.Zero;
        for (var lane = 0; lane < Vector<T>.Count; lane++) largest = T.Max(largest, most[lane]);
        for (; k < count; k++) largest = T.Max(largest, vector[k] & mask);
        return long.CreateTruncating(largest);
    }
}
