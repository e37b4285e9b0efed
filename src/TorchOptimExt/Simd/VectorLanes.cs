using System.Numerics;
using System.Runtime.CompilerServices;

namespace TorchOptimExt.Simd;

/// <summary>Lanes of two of the SIMD registers that every processor has.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
internal readonly struct VectorLanes<T> : IRegister<VectorLanes<T>, T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Vector<T> low, high;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private VectorLanes(Vector<T> low, Vector<T> high) => (this.low, this.high) = (low, high);

    public static int Count => 2 * Vector<T>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe VectorLanes<T> Load<M>(M* source) where M : unmanaged
    {
        if (typeof(M) == typeof(T))
            return new(Unsafe.ReadUnaligned<Vector<T>>(source), Unsafe.ReadUnaligned<Vector<T>>((T*)source + Vector<T>.Count));
        var bits = Unsafe.ReadUnaligned<Vector<ushort>>(source);
        Vector.Widen(bits, out var low, out var high);
        if (typeof(M) == typeof(BrainFloat))
            return new(Vector.As<uint, T>(HalfTypes.FromBrainFloat(low)), Vector.As<uint, T>(HalfTypes.FromBrainFloat(high)));
        return new(Vector.As<uint, T>(HalfTypes.FromHalf(low)), Vector.As<uint, T>(HalfTypes.FromHalf(high)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Store<M>(VectorLanes<T> a, M* target) where M : unmanaged
    {
        if (typeof(M) == typeof(T))
        {
            Unsafe.WriteUnaligned(target, a.low);
            Unsafe.WriteUnaligned((T*)target + Vector<T>.Count, a.high);
            return;
        }
        var (low, high) = typeof(M) == typeof(BrainFloat)
            ? (HalfTypes.ToBrainFloat(Vector.As<T, uint>(a.low)), HalfTypes.ToBrainFloat(Vector.As<T, uint>(a.high)))
            : (HalfTypes.ToHalf(Vector.As<T, uint>(a.low)), HalfTypes.ToHalf(Vector.As<T, uint>(a.high)));
        Unsafe.WriteUnaligned(target, Vector.Narrow(low, high));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static implicit operator VectorLanes<T>(double number)
    {
        var spread = new Vector<T>(IRegister<VectorLanes<T>, T>.Round(number));
        return new(spread, spread);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorLanes<T> operator +(VectorLanes<T> a, VectorLanes<T> b) => new(a.low + b.low, a.high + b.high);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorLanes<T> operator -(VectorLanes<T> a, VectorLanes<T> b) => new(a.low - b.low, a.high - b.high);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorLanes<T> operator *(VectorLanes<T> a, VectorLanes<T> b) => new(a.low * b.low, a.high * b.high);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorLanes<T> operator /(VectorLanes<T> a, VectorLanes<T> b) => new(a.low / b.low, a.high / b.high);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorLanes<T> operator -(VectorLanes<T> a) => new(-a.low, -a.high);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorLanes<T> operator >(
        VectorLanes<T> a, VectorLanes<T> b) =>
        new(Vector.GreaterThan(a.low, b.low), Vector.GreaterThan(a.high, b.high));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorLanes<T> operator <(
        VectorLanes<T> a, VectorLanes<T> b) =>
        new(Vector.LessThan(a.low, b.low), Vector.LessThan(a.high, b.high));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorLanes<T> Sqrt(VectorLanes<T> a) => new(Vector.SquareRoot(a.low), Vector.SquareRoot(a.high));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorLanes<T> MultiplyAdd(VectorLanes<T> a, VectorLanes<T> b, VectorLanes<T> addend) =>
        new(FusedMultiplyAdd.Of(a.low, b.low, addend.low), FusedMultiplyAdd.Of(a.high, b.high, addend.high));

    // Vector.Min and Max treat NaN differently from one runtime to the next: spelled out, they do not.

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorLanes<T> Min(VectorLanes<T> a, VectorLanes<T> b) => new(Min(a.low, b.low), Min(a.high, b.high));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<T> Min(Vector<T> a, Vector<T> b) => Vector.ConditionalSelect(Vector.LessThan(a, b) | ~Vector.Equals(a, a), a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorLanes<T> Max(VectorLanes<T> a, VectorLanes<T> b) => new(Max(a.low, b.low), Max(a.high, b.high));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<T> Max(
        Vector<T> a, Vector<T> b) => Vector.ConditionalSelect(Vector.GreaterThan(a, b) | ~Vector.Equals(a, a), a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorLanes<T> Sign(VectorLanes<T> a) => new(Sign(a.low), Sign(a.high));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<T> Sign(Vector<T> a) =>
        (Vector.GreaterThan(a, Vector<T>.Zero) & Vector<T>.One) - (Vector.LessThan(a, Vector<T>.Zero) & Vector<T>.One);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorLanes<T> Where(VectorLanes<T> condition, VectorLanes<T> yes, VectorLanes<T> no) =>
        new(Vector.ConditionalSelect(condition.low, yes.low, no.low), Vector.ConditionalSelect(condition.high, yes.high, no.high));
}
