using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TorchOptimExt.RandomSearch;

/// <summary>
/// Standard normal deviates, the noise of <see cref="ARS"/>, that are a function of (seed, step, direction, parameter, element) alone:
/// any of them can be
/// made again at any time, by any thread, on any machine, with the same bits.
/// </summary>
/// <remarks>
/// Random bits are those of Threefry4x32-20: the key is (seed, step), the counter (block, direction, parameter). Two
/// 32-bit words give two deviates by Box and Muller's transform, r = √(−2 ln u), r·cos φ and r·sin φ, in float32:
/// u = (⌊word/2⌋ + ½)·2⁻³¹ rounded, so that |deviate| ≤ 6.67; ln by a polynomial on [√½, √2), sin and cos by polynomials on
/// [−π/4, π/4]. Only additions, multiplications, square roots and conversions of IEEE 754 take part, each rounded by
/// itself, never fused: no approximation of the hardware's or the platform's is used.
/// <para>Sources: J. K. Salmon et al., "Parallel Random Numbers: As Easy as 1, 2, 3", 2011 (Threefry); G. E. P. Box, M. E. Muller, "A
/// Note on the Generation of Random Normal Deviates", 1958.</para>
/// </remarks>
public static class GaussianNoise
{
    /// <summary>Deviates are made in tiles of this many elements: 4 runs of as many lanes as the widest register may have.</summary>
    internal const int Tile = 4 * Lanes;

    private const int Lanes = 64;

    private static readonly uint[] LaneNumbers = [.. Enumerable.Range(0, Lanes).Select(lane => (uint)lane)];

    /// <summary>Fills a buffer with standard normal deviates.</summary>
    /// <param name="destination">The buffer, of any length; element i is the same whatever the length.</param>
    /// <param name="seed">The seed of the whole search, any number.</param>
    /// <param name="step">The step, from 0.</param>
    /// <param name="direction">The direction within the step, from 0.</param>
    /// <param name="parameter">The place of the parameter among all parameters, from 0.</param>
    public static void Fill(Span<float> destination, long seed, long step, int direction, int parameter = 0) =>
        FillFrom(destination, Generator(seed, step), direction, parameter);

    internal static void FillFrom(Span<float> destination, in Threefry generator, int direction, int parameter)
    {
        Span<float> tile = stackalloc float[Tile];
        for (long number = 0; destination.Length > 0; number++)
        {
            FillTile(ref MemoryMarshal.GetReference(tile), generator, number, direction, parameter);
            var length = Math.Min(Tile, destination.Length);
            tile[..length].CopyTo(destination);
            destination = destination[length..];
        }
    }

    /// <summary>A seed for what else is random in the evaluations of a direction: from a counter that no deviate uses.</summary>
    internal static long SeedOf(long seed, long step, int direction)
    {
        var (a, b, c, d) = (Vector<uint>.Zero, Vector<uint>.Zero, new Vector<uint>((uint)direction), new Vector<uint>(uint.MaxValue));
        Generator(seed, step).Encrypt(ref a, ref b, ref c, ref d);
        return (long)(a[0] | (ulong)b[0] << 32);
    }

    internal static Threefry Generator(long seed, long step) => new((uint)seed, (uint)(seed >> 32), (uint)step, (uint)(step >> 32));

    /// <summary>Makes the <see cref="Tile"/> deviates from element <paramref name="number"/> · <see cref="Tile"/> on.</summary>
    internal static void FillTile(ref float tile, in Threefry generator, long number, int direction, int parameter)
    {
        var block = number * Lanes;
        for (var lane = 0; lane < Lanes; lane += Vector<uint>.Count)
        {
            var a = new Vector<uint>(LaneNumbers, lane) + new Vector<uint>((uint)block);
            var b = new Vector<uint>((uint)(block >> 32));
            var c = new Vector<uint>((uint)direction);
            var d = new Vector<uint>((uint)parameter);
            generator.Encrypt(ref a, ref b, ref c, ref d);
            ref var target = ref Unsafe.Add(ref tile, lane);
            BoxMuller(a, b, ref target, ref Unsafe.Add(ref target, Lanes));
            BoxMuller(c, d, ref Unsafe.Add(ref target, 2 * Lanes), ref Unsafe.Add(ref target, 3 * Lanes));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void BoxMuller(Vector<uint> first, Vector<uint> second, ref float one, ref float other)
    {
        var radius = Vector.SquareRoot(MinusTwoLog(first));
        // The two highest bits choose the quarter of the circle, the others an angle of −1/8 to 1/8 turn within it.
        var angle = Vector.ConvertToSingle((second << 2).As<uint, int>()) * (float)(Math.PI / 2 / 4294967296.0);
        var square = angle * angle;
        var sin = angle * (((square * -0.00019501822f + new Vector<float>(0.008332017f)) * square
            + new Vector<float>(-0.16666651f)) * square + Vector<float>.One);
        var cos = (((square * 2.4372679e-05f + new Vector<float>(-0.001388653f)) * square + new Vector<float>(0.041666612f)) * square
            + new Vector<float>(-0.5f)) * square + Vector<float>.One;
        var swap = ((second << 1).As<uint, int>() >> 31).As<int, float>();
        var x = Vector.ConditionalSelect(swap, sin, cos);
        var y = Vector.ConditionalSelect(swap, cos, sin);
        var highest = new Vector<uint>(0x80000000);
        var signOfX = ((second ^ (second << 1)) & highest).As<uint, float>();
        var signOfY = (second & highest).As<uint, float>();
        ((radius * x) ^ signOfX).StoreUnsafe(ref one);
        ((radius * y) ^ signOfY).StoreUnsafe(ref other);
    }

    // −2 ln u for u = (⌊word/2⌋ + ½)·2⁻³¹ in (0, 1]. With u = m·2ᵉ, √½ ≤ m < √2, f = m − 1: ln u = e·ln 2 + f·P(f).
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> MinusTwoLog(Vector<uint> word)
    {
        const int HalfRootBits = 0x3F3504F3;
        var u = (Vector.ConvertToSingle((word >>> 1).As<uint, int>()) + new Vector<float>(0.5f)) * (1f / 2147483648f);
        var bits = u.As<float, int>();
        var exponent = (bits - new Vector<int>(HalfRootBits)) >> 23;
        var f = (bits - (exponent << 23)).As<int, float>() - Vector<float>.One;
        var p = f * 0.08722357f + new Vector<float>(-0.14366844f);
        p = p * f + new Vector<float>(0.14952266f);
        p = p * f + new Vector<float>(-0.16562393f);
        p = p * f + new Vector<float>(0.19956833f);
        p = p * f + new Vector<float>(-0.25002074f);
        p = p * f + new Vector<float>(0.33334187f);
        p = p * f + new Vector<float>(-0.49999988f);
        p = p * f + Vector<float>.One;
        return (Vector.ConvertToSingle(exponent) * 0.6931472f + f * p) * -2f;
    }
}
