using System.Numerics;
using System.Runtime.Intrinsics;
using TorchOptimExt.Simd;
using static TorchSharp.torch;

namespace TorchOptimExt.Tests.Simd;

/// <summary>float16 and bfloat16 in registers against .NET's and libtorch's conversions.</summary>
public class HalfTypesTests
{
    [Fact]
    public void Every_float16_is_widened_exactly()
    {
        for (var bits = 0; bits <= ushort.MaxValue; bits++)
        {
            var expected = (float)BitConverter.UInt16BitsToHalf((ushort)bits);
            Same(expected, BitConverter.UInt32BitsToSingle(HalfTypes.FromHalf(Vector512.Create((uint)bits))[0]), bits);
            Same(expected, BitConverter.UInt32BitsToSingle(HalfTypes.FromHalf(new Vector<uint>((uint)bits))[0]), bits);
        }
    }

    [Fact]
    public void Floats_are_rounded_to_float16_as_dotnet_rounds()
    {
        foreach (var value in Floats())
        {
            var expected = (float)(Half)value;
            var bits = BitConverter.SingleToUInt32Bits(value);
            Same(expected, (float)BitConverter.UInt16BitsToHalf((ushort)HalfTypes.ToHalf(Vector512.Create(bits))[0]), value);
            Same(expected, (float)BitConverter.UInt16BitsToHalf((ushort)HalfTypes.ToHalf(new Vector<uint>(bits))[0]), value);
        }
    }

    [Fact]
    public void Floats_are_rounded_to_bfloat16_as_libtorch_rounds()
    {
        using var scope = NewDisposeScope();
        float[] values = [.. Floats()];
        var expected = tensor(values).to_type(bfloat16).to_type(float32).data<float>().ToArray();
        for (var i = 0; i < values.Length; i++)
        {
            var bits = BitConverter.SingleToUInt32Bits(values[i]);
            Same(expected[i], BitConverter.UInt32BitsToSingle(HalfTypes.FromBrainFloat(HalfTypes.ToBrainFloat(Vector512.Create(bits)))[0]), values[i]);
            Same(expected[i], BitConverter.UInt32BitsToSingle(HalfTypes.FromBrainFloat(HalfTypes.ToBrainFloat(new Vector<uint>(bits)))[0]), values[i]);
        }
    }

    // Every exponent with fractions on, below and above what is halfway between two of either half type; what has none; both signs.
    private static IEnumerable<float> Floats()
    {
        uint[] fractions = [0, 1, 0xFFF, 0x1000, 0x1001, 0x1FFF, 0x2000, 0x3000, 0x3001, 0x7FFF, 0x8000, 0x8001, 0x1_8000, 0x2A_AAAA, 0x55_5555, 0x7F_E000, 0x7F_EFFF, 0x7F_F000, 0x7F_FFFF];
        for (uint exponent = 0; exponent < 256; exponent++)
            foreach (var fraction in fractions)
                foreach (var sign in (uint[])[0, 0x8000_0000])
                    yield return BitConverter.UInt32BitsToSingle(sign | exponent << 23 | fraction);
    }

    private static void Same<T>(float expected, float actual, T from) =>
        Assert.True(float.IsNaN(expected) ? float.IsNaN(actual) : BitConverter.SingleToUInt32Bits(expected) == BitConverter.SingleToUInt32Bits(actual), $"{from}: {actual} instead of {expected}");
}
