using System.Numerics;
using System.Runtime.CompilerServices;

namespace TorchOptimExt.Simd;

/// <summary>Lanes of the SIMD register that every processor has.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
internal readonly struct VectorLanes<T> : IRegister<VectorLanes<T>, T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Vector<T> lanes;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private VectorLanes(Vector<T> lanes) => this.lanes = lanes;

    public static int Count => Vector<T>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe VectorLanes<T> Load(T* source) => new(Unsafe.ReadUnaligned<Vector<T>>(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Store(VectorLanes<T> a, T* target) => Unsafe.WriteUnaligned(target, a.lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static implicit operator VectorLanes<T>(double number) => new(new Vector<T>(IRegister<VectorLanes<T>, T>.Round(number)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorLanes<T> operator +(VectorLanes<T> a, VectorLanes<T> b) => new(a.lanes + b.lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorLanes<T> operator -(VectorLanes<T> a, VectorLanes<T> b) => new(a.lanes - b.lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorLanes<T> operator *(VectorLanes<T> a, VectorLanes<T> b) => new(a.lanes * b.lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorLanes<T> operator /(VectorLanes<T> a, VectorLanes<T> b) => new(a.lanes / b.lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorLanes<T> operator -(VectorLanes<T> a) => new(-a.lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorLanes<T> operator >(VectorLanes<T> a, VectorLanes<T> b) => new(Vector.GreaterThan(a.lanes, b.lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorLanes<T> operator <(VectorLanes<T> a, VectorLanes<T> b) => new(Vector.LessThan(a.lanes, b.lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorLanes<T> Sqrt(VectorLanes<T> a) => new(Vector.SquareRoot(a.lanes));

    // Vector.Min and Max treat NaN differently from one runtime to the next: spelled out, they do not.

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorLanes<T> Min(VectorLanes<T> a, VectorLanes<T> b) =>
        new(Vector.ConditionalSelect(Vector.LessThan(a.lanes, b.lanes) | ~Vector.Equals(a.lanes, a.lanes), a.lanes, b.lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorLanes<T> Max(VectorLanes<T> a, VectorLanes<T> b) =>
        new(Vector.ConditionalSelect(Vector.GreaterThan(a.lanes, b.lanes) | ~Vector.Equals(a.lanes, a.lanes), a.lanes, b.lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorLanes<T> Sign(VectorLanes<T> a) =>
        new((Vector.GreaterThan(a.lanes, Vector<T>.Zero) & Vector<T>.One) - (Vector.LessThan(a.lanes, Vector<T>.Zero) & Vector<T>.One));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorLanes<T> Where(VectorLanes<T> condition, VectorLanes<T> yes, VectorLanes<T> no) =>
        new(Vector.ConditionalSelect(condition.lanes, yes.lanes, no.lanes));
}
