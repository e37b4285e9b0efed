using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace TorchOptimExt.Simd;

/// <summary>a · b + c rounded once, by the processor's instruction or, where it has none, element by element: the same bits.</summary>
internal static class FusedMultiplyAdd
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Of<T>(Vector512<T> a, Vector512<T> b, Vector512<T> c) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (Avx512F.IsSupported)
            return typeof(T) == typeof(float)
                ? Avx512F.FusedMultiplyAdd(a.AsSingle(), b.AsSingle(), c.AsSingle()).As<float, T>()
                : Avx512F.FusedMultiplyAdd(a.AsDouble(), b.AsDouble(), c.AsDouble()).As<double, T>();
        var result = c;
        for (var k = 0; k < Vector512<T>.Count; k++) result = result.WithElement(k, T.FusedMultiplyAdd(a[k], b[k], c[k]));
        return result;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<T> Of<T>(Vector<T> a, Vector<T> b, Vector<T> c) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (Fma.IsSupported && Vector<byte>.Count == 32)
            return typeof(T) == typeof(float)
                ? Fma.MultiplyAdd(a.AsVector256().AsSingle(), b.AsVector256().AsSingle(), c.AsVector256().AsSingle())
                    .As<float, T>().AsVector()
                : Fma.MultiplyAdd(a.AsVector256().AsDouble(), b.AsVector256().AsDouble(), c.AsVector256().AsDouble())
                    .As<double, T>().AsVector();
        if (AdvSimd.Arm64.IsSupported && Vector<byte>.Count == 16)
            return typeof(T) == typeof(float)
                ? AdvSimd.FusedMultiplyAdd(c.AsVector128().AsSingle(), a.AsVector128().AsSingle(), b.AsVector128().AsSingle())
                    .As<float, T>().AsVector()
                : AdvSimd.Arm64.FusedMultiplyAdd(c.AsVector128().AsDouble(), a.AsVector128().AsDouble(), b.AsVector128().AsDouble())
                    .As<double, T>().AsVector();
        Span<T> result = stackalloc T[Vector<T>.Count];
        for (var k = 0; k < result.Length; k++) result[k] = T.FusedMultiplyAdd(a[k], b[k], c[k]);
        return new(result);
    }
}
