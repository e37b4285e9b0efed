using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace TorchOptimExt.Simd;

/// <summary>
/// <see cref="VectorLanes{T}"/> on the widest registers, for processors that have them: twice as fast where roots and quotients take the
/// time.
/// </summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
internal readonly struct Vector512Lanes<T> : IRegister<Vector512Lanes<T>, T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Vector512<T> low, high;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector512Lanes(Vector512<T> low, Vector512<T> high) => (this.low, this.high) = (low, high);

    public static int Count => 2 * Vector512<T>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Vector512Lanes<T> Load<M>(M* source) where M : unmanaged
    {
        if (typeof(M) == typeof(T))
            return new(Unsafe.ReadUnaligned<Vector512<T>>(source), Unsafe.ReadUnaligned<Vector512<T>>((T*)source + Vector512<T>.Count));
        var bits = Unsafe.ReadUnaligned<Vector512<ushort>>(source);
        var (low, high) = Vector512.Widen(bits);
        if (typeof(M) == typeof(BrainFloat))
            return new(HalfTypes.FromBrainFloat(low).As<uint, T>(), HalfTypes.FromBrainFloat(high).As<uint, T>());
        return new(HalfTypes.FromHalf(low).As<uint, T>(), HalfTypes.FromHalf(high).As<uint, T>());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Store<M>(Vector512Lanes<T> a, M* target) where M : unmanaged
    {
        if (typeof(M) == typeof(T))
        {
            Unsafe.WriteUnaligned(target, a.low);
            Unsafe.WriteUnaligned((T*)target + Vector512<T>.Count, a.high);
            return;
        }
        var (low, high) = typeof(M) == typeof(BrainFloat)
            ? (HalfTypes.ToBrainFloat(a.low.As<T, uint>()), HalfTypes.ToBrainFloat(a.high.As<T, uint>()))
            : (HalfTypes.ToHalf(a.low.As<T, uint>()), HalfTypes.ToHalf(a.high.As<T, uint>()));
        Unsafe.WriteUnaligned(target, Vector512.Narrow(low, high));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static implicit operator Vector512Lanes<T>(double number)
    {
        var spread = Vector512.Create(IRegister<Vector512Lanes<T>, T>.Round(number));
        return new(spread, spread);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512Lanes<T> operator +(Vector512Lanes<T> a, Vector512Lanes<T> b) => new(a.low + b.low, a.high + b.high);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512Lanes<T> operator -(Vector512Lanes<T> a, Vector512Lanes<T> b) => new(a.low - b.low, a.high - b.high);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512Lanes<T> operator *(Vector512Lanes<T> a, Vector512Lanes<T> b) => new(a.low * b.low, a.high * b.high);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512Lanes<T> operator /(Vector512Lanes<T> a, Vector512Lanes<T> b) => new(a.low / b.low, a.high / b.high);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512Lanes<T> operator -(Vector512Lanes<T> a) => new(-a.low, -a.high);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512Lanes<T> operator >(
        Vector512Lanes<T> a, Vector512Lanes<T> b) =>
        new(Vector512.GreaterThan(a.low, b.low), Vector512.GreaterThan(a.high, b.high));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512Lanes<T> operator <(
        Vector512Lanes<T> a, Vector512Lanes<T> b) =>
        new(Vector512.LessThan(a.low, b.low), Vector512.LessThan(a.high, b.high));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512Lanes<T> Sqrt(Vector512Lanes<T> a) => new(Vector512.Sqrt(a.low), Vector512.Sqrt(a.high));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512Lanes<T> MultiplyAdd(Vector512Lanes<T> a, Vector512Lanes<T> b, Vector512Lanes<T> addend) =>
        new(FusedMultiplyAdd.Of(a.low, b.low, addend.low), FusedMultiplyAdd.Of(a.high, b.high, addend.high));

    // Vector512.Min and Max treat NaN differently from one runtime to the next: spelled out, they do not.

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512Lanes<T> Min(Vector512Lanes<T> a, Vector512Lanes<T> b) => new(Min(a.low, b.low), Min(a.high, b.high));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<T> Min(
        Vector512<T> a, Vector512<T> b) => Vector512.ConditionalSelect(Vector512.LessThan(a, b) | ~Vector512.Equals(a, a), a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512Lanes<T> Max(Vector512Lanes<T> a, Vector512Lanes<T> b) => new(Max(a.low, b.low), Max(a.high, b.high));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<T> Max(
        Vector512<T> a, Vector512<T> b) => Vector512.ConditionalSelect(Vector512.GreaterThan(a, b) | ~Vector512.Equals(a, a), a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512Lanes<T> Sign(Vector512Lanes<T> a) => new(Sign(a.low), Sign(a.high));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<T> Sign(Vector512<T> a) =>
        (Vector512.GreaterThan(a, Vector512<T>.Zero) & Vector512<T>.One) - (Vector512.LessThan(a, Vector512<T>.Zero) & Vector512<T>.One);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512Lanes<T> Where(Vector512Lanes<T> condition, Vector512Lanes<T> yes, Vector512Lanes<T> no) =>
        new(Vector512.ConditionalSelect(condition.low, yes.low, no.low), Vector512.ConditionalSelect(condition.high, yes.high, no.high));
}
