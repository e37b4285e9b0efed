using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace TorchOptimExt.Simd;

/// <summary>
/// float16 and bfloat16 to float32 and back, lane by lane, in integer arithmetic: exact one way, rounded to the nearest (ties to even) the
/// other,
/// as libtorch rounds. Every 16-bit pattern stands in the low half of a 32-bit lane. A NaN stays one.
/// </summary>
internal static class HalfTypes
{
    private const uint Sign = 0x8000_0000, Infinity = 0x7F80_0000;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> FromBrainFloat(Vector512<uint> bits) => bits << 16;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<uint> FromBrainFloat(Vector<uint> bits) => bits << 16;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> ToBrainFloat(Vector512<uint> bits)
    {
        var rounded = (bits + Vector512.Create(0x7FFFu) + ((bits >>> 16) & Vector512<uint>.One)) >>> 16;
        return Vector512.ConditionalSelect(Vector512.GreaterThan(bits & Vector512.Create(~Sign), Vector512.Create(Infinity)),
            Vector512.Create(0x7FC0u), rounded);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<uint> ToBrainFloat(Vector<uint> bits)
    {
        var rounded = (bits + new Vector<uint>(0x7FFFu) + ((bits >>> 16) & Vector<uint>.One)) >>> 16;
        return Vector.ConditionalSelect(Vector.GreaterThan(bits & new Vector<uint>(~Sign), new Vector<uint>(Infinity)),
            new Vector<uint>(0x7FC0u), rounded);
    }

    // The exponent and the fraction moved to their places in a float: 2^112 makes up for the other bias, and normalizes what was subnormal,
    // exactly.
    // Infinity and NaN get the largest exponent.

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> FromHalf(Vector512<uint> bits)
    {
        var moved = (bits & Vector512.Create(0x7FFFu)) << 13;
        var scaled = (moved.AsSingle() * Vector512.Create(5.192296858534828e33f)).AsUInt32();
        var special = Vector512.GreaterThan(moved, Vector512.Create(0x0F7F_FFFFu)) & Vector512.Create(Infinity);
        return scaled | special | ((bits & Vector512.Create(0x8000u)) << 16);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<uint> FromHalf(Vector<uint> bits)
    {
        var moved = (bits & new Vector<uint>(0x7FFFu)) << 13;
        var scaled = Vector.AsVectorUInt32(Vector.AsVectorSingle(moved) * new Vector<float>(5.192296858534828e33f));
        var special = Vector.GreaterThan(moved, new Vector<uint>(0x0F7F_FFFFu)) & new Vector<uint>(Infinity);
        return scaled | special | ((bits & new Vector<uint>(0x8000u)) << 16);
    }

    // Normal results: the exponent's bias is changed and half of the last place is added, one less where the bit above is 0 (ties to even);
    // what
    // carries over into the exponent is right, up to infinity. Results below 2⁻¹⁴: adding ½ in float leaves their 2⁻²⁴ths, rounded, in the
    // last bits.

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> ToHalf(Vector512<uint> bits)
    {
        var size = bits & Vector512.Create(~Sign);
        var normal = (size - Vector512.Create(0x3800_0000u) + Vector512.Create(0x0FFFu) + ((size >>> 13) & Vector512<uint>.One)) >>> 13;
        var small = (size.AsSingle() + Vector512.Create(0.5f)).AsUInt32() - Vector512.Create(0x3F00_0000u);
        var result = Vector512.ConditionalSelect(Vector512.LessThan(size, Vector512.Create(0x3880_0000u)), small, normal);
        result = Vector512.ConditionalSelect(Vector512.GreaterThan(size, Vector512.Create(0x477F_EFFFu)),
            Vector512.Create(0x7C00u), result);
        result = Vector512.ConditionalSelect(Vector512.GreaterThan(size, Vector512.Create(Infinity)), Vector512.Create(0x7E00u), result);
        return result | ((bits & Vector512.Create(Sign)) >>> 16);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<uint> ToHalf(Vector<uint> bits)
    {
        var size = bits & new Vector<uint>(~Sign);
        var normal = (size - new Vector<uint>(0x3800_0000u) + new Vector<uint>(0x0FFFu) + ((size >>> 13) & Vector<uint>.One)) >>> 13;
        var small = Vector.AsVectorUInt32(Vector.AsVectorSingle(size) + new Vector<float>(0.5f)) - new Vector<uint>(0x3F00_0000u);
        var result = Vector.ConditionalSelect(Vector.LessThan(size, new Vector<uint>(0x3880_0000u)), small, normal);
        result = Vector.ConditionalSelect(Vector.GreaterThan(size, new Vector<uint>(0x477F_EFFFu)), new Vector<uint>(0x7C00u), result);
        result = Vector.ConditionalSelect(Vector.GreaterThan(size, new Vector<uint>(Infinity)), new Vector<uint>(0x7E00u), result);
        return result | ((bits & new Vector<uint>(Sign)) >>> 16);
    }
}
