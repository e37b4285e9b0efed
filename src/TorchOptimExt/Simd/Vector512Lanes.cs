using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace TorchOptimExt.Simd;

/// <summary><see cref="VectorLanes{T}"/> on the widest registers, for processors that have them: twice as fast where roots and quotients take the time.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
internal readonly struct Vector512Lanes<T> : IRegister<Vector512Lanes<T>, T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Vector512<T> lanes;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector512Lanes(Vector512<T> lanes) => this.lanes = lanes;

    public static int Count => Vector512<T>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Vector512Lanes<T> Load(T* source) => new(Unsafe.ReadUnaligned<Vector512<T>>(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Store(Vector512Lanes<T> a, T* target) => Unsafe.WriteUnaligned(target, a.lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static implicit operator Vector512Lanes<T>(double number) => new(Vector512.Create(IRegister<Vector512Lanes<T>, T>.Round(number)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512Lanes<T> operator +(Vector512Lanes<T> a, Vector512Lanes<T> b) => new(a.lanes + b.lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512Lanes<T> operator -(Vector512Lanes<T> a, Vector512Lanes<T> b) => new(a.lanes - b.lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512Lanes<T> operator *(Vector512Lanes<T> a, Vector512Lanes<T> b) => new(a.lanes * b.lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512Lanes<T> operator /(Vector512Lanes<T> a, Vector512Lanes<T> b) => new(a.lanes / b.lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512Lanes<T> operator -(Vector512Lanes<T> a) => new(-a.lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512Lanes<T> operator >(Vector512Lanes<T> a, Vector512Lanes<T> b) => new(Vector512.GreaterThan(a.lanes, b.lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512Lanes<T> operator <(Vector512Lanes<T> a, Vector512Lanes<T> b) => new(Vector512.LessThan(a.lanes, b.lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512Lanes<T> Sqrt(Vector512Lanes<T> a) => new(Vector512.Sqrt(a.lanes));

    // Vector512.Min and Max treat NaN differently from one runtime to the next: spelled out, they do not.

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512Lanes<T> Min(Vector512Lanes<T> a, Vector512Lanes<T> b) =>
        new(Vector512.ConditionalSelect(Vector512.LessThan(a.lanes, b.lanes) | ~Vector512.Equals(a.lanes, a.lanes), a.lanes, b.lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512Lanes<T> Max(Vector512Lanes<T> a, Vector512Lanes<T> b) =>
        new(Vector512.ConditionalSelect(Vector512.GreaterThan(a.lanes, b.lanes) | ~Vector512.Equals(a.lanes, a.lanes), a.lanes, b.lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512Lanes<T> Sign(Vector512Lanes<T> a) =>
        new((Vector512.GreaterThan(a.lanes, Vector512<T>.Zero) & Vector512<T>.One) - (Vector512.LessThan(a.lanes, Vector512<T>.Zero) & Vector512<T>.One));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512Lanes<T> Where(Vector512Lanes<T> condition, Vector512Lanes<T> yes, Vector512Lanes<T> no) =>
        new(Vector512.ConditionalSelect(condition.lanes, yes.lanes, no.lanes));
}
