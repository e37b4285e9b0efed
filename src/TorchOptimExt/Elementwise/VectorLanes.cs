using System.Numerics;
using System.Runtime.CompilerServices;

namespace TorchOptimExt.Elementwise;

/// <summary>Lanes of one SIMD register.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
public readonly struct VectorLanes<T> : ILanes<VectorLanes<T>> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Vector<T> lanes;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private VectorLanes(Vector<T> lanes) => this.lanes = lanes;

    /// <summary>How many elements a register holds.</summary>
    public static int Count => Vector<T>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static unsafe VectorLanes<T> Load(T* source) => new(Unsafe.ReadUnaligned<Vector<T>>(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal unsafe void Store(T* target) => Unsafe.WriteUnaligned(target, lanes);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static implicit operator VectorLanes<T>(double number) => new(new Vector<T>(T.CreateTruncating(number)));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorLanes<T> operator +(VectorLanes<T> a, VectorLanes<T> b) => new(a.lanes + b.lanes);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorLanes<T> operator -(VectorLanes<T> a, VectorLanes<T> b) => new(a.lanes - b.lanes);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorLanes<T> operator *(VectorLanes<T> a, VectorLanes<T> b) => new(a.lanes * b.lanes);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorLanes<T> operator /(VectorLanes<T> a, VectorLanes<T> b) => new(a.lanes / b.lanes);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorLanes<T> operator -(VectorLanes<T> a) => new(-a.lanes);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorLanes<T> operator >(VectorLanes<T> a, VectorLanes<T> b) => new(Vector.GreaterThan(a.lanes, b.lanes));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorLanes<T> operator <(VectorLanes<T> a, VectorLanes<T> b) => new(Vector.LessThan(a.lanes, b.lanes));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorLanes<T> Sqrt(VectorLanes<T> a) => new(Vector.SquareRoot(a.lanes));

    // Vector.Min and Max treat NaN differently from one runtime to the next: spelled out, they do not.

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorLanes<T> Min(VectorLanes<T> a, VectorLanes<T> b) =>
        new(Vector.ConditionalSelect(Vector.LessThan(a.lanes, b.lanes) | ~Vector.Equals(a.lanes, a.lanes), a.lanes, b.lanes));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorLanes<T> Max(VectorLanes<T> a, VectorLanes<T> b) =>
        new(Vector.ConditionalSelect(Vector.GreaterThan(a.lanes, b.lanes) | ~Vector.Equals(a.lanes, a.lanes), a.lanes, b.lanes));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorLanes<T> Sign(VectorLanes<T> a) => Where(a > 0, 1, Where(a < 0, -1, 0));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorLanes<T> Where(VectorLanes<T> condition, VectorLanes<T> yes, VectorLanes<T> no) =>
        new(Vector.ConditionalSelect(condition.lanes, yes.lanes, no.lanes));
}
