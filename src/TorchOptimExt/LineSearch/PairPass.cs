using System.Numerics;
using System.Runtime.CompilerServices;
using static TorchSharp.torch;

namespace TorchOptimExt.LineSearch;

/// <summary>A pair s = factor · direction and y = after − before of limited-memory BFGS, measured or written into its rows without being
/// made elsewhere.</summary>
internal sealed unsafe class PairPass : RowPass
{
    private nint direction, after, before, step, change;
    private double factor, excess;

    /// <summary>sᵀy, sᵀs and yᵀy of a part.</summary>
    public (double sy, double ss, double yy) Measure(in PairPart part)
    {
        Begin(part);
        (step, change) = (0, 0);
        var sums = Run(part.Direction!, 3);
        return (sums[0], sums[1], sums[2]);
    }

    /// <summary>Writes s, and y + excess · s.</summary>
    public void Write(in PairPart part, Tensor step, Tensor change, double excess)
    {
        Begin(part);
        (this.step, this.change, this.excess) = (Address(step), Address(change), excess);
        Run(part.Direction!, 1);
    }

    private void Begin(in PairPart part) =>
        (direction, after, before, factor) = (Address(part.Direction), Address(part.After), Address(part.Before), part.Factor);

    protected override void Visit<T>(long at, int count, Span<double> sums)
    {
        T* d = (T*)direction + at, a = (T*)after + at, b = before == 0 ? null : (T*)before + at;
        if (step == 0) Sum(d, a, b, T.CreateTruncating(factor), count, sums);
        else Put(d, a, b, T.CreateTruncating(factor), T.CreateTruncating(excess), (T*)step + at, (T*)change + at, count);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Sum<T>(T* direction, T* after, T* before, T factor, int count, Span<double> sums) where T : unmanaged, INumber<T>
    {
        Vector<double> sy = default, ss = default, yy = default, sy2 = default, ss2 = default, yy2 = default;
        var (spread, k) = (new Vector<T>(factor), 0);
        for (; k <= count - Vector<T>.Count; k += Vector<T>.Count)
        {
            var s = Vector.Load(direction + k) * spread;
            var y = before == null ? Vector.Load(after + k) : Vector.Load(after + k) - Vector.Load(before + k);
            Accumulate(s, y, ref sy, ref sy2);
            Accumulate(s, s, ref ss, ref ss2);
            Accumulate(y, y, ref yy, ref yy2);
        }
        (sums[0], sums[1], sums[2]) = (sums[0] + Vector.Sum(sy + sy2), sums[1] + Vector.Sum(ss + ss2), sums[2] + Vector.Sum(yy + yy2));
        for (; k < count; k++)
        {
            double s = double.CreateTruncating(direction[k] * factor),
                y = double.CreateTruncating(before == null ? after[k] : after[k] - before[k]);
            (sums[0], sums[1], sums[2]) = (sums[0] + s * y, sums[1] + s * s, sums[2] + y * y);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Put<T>(T* direction, T* after, T* before, T factor, T excess, T* step, T* change, int count)
        where T : unmanaged, INumber<T>
    {
        var (spread, more, k) = (new Vector<T>(factor), new Vector<T>(excess), 0);
        for (; k <= count - Vector<T>.Count; k += Vector<T>.Count)
        {
            var s = Vector.Load(direction + k) * spread;
            var y = before == null ? Vector.Load(after + k) : Vector.Load(after + k) - Vector.Load(before + k);
            Vector.Store(s, step + k);
            Vector.Store(y + s * more, change + k);
        }
        for (; k < count; k++)
        {
            step[k] = direction[k] * factor;
            change[k] = (before == null ? after[k] : after[k] - before[k]) + step[k] * excess;
        }
    }
}
