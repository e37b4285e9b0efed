using System.Numerics;
using System.Runtime.CompilerServices;

namespace TorchOptimExt.RandomSearch;

/// <summary>
/// Threefry4x32-20: a bijection of 128-bit counters, chosen by a 128-bit key, whose outputs pass as random bits.
/// It adds, rotates and combines 32-bit words only, so every lane of a register of any width gives the same bits.
/// </summary>
/// <remarks>Source: J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw, "Parallel Random Numbers: As Easy as 1, 2, 3", 2011, section
/// 3.</remarks>
internal readonly struct Threefry
{
    private const uint Parity = 0x1BD11BDA;

    private readonly uint key0, key1, key2, key3, key4;

    /// <summary>The generator of this key.</summary>
    public Threefry(uint key0, uint key1, uint key2, uint key3)
    {
        (this.key0, this.key1, this.key2, this.key3) = (key0, key1, key2, key3);
        key4 = Parity ^ key0 ^ key1 ^ key2 ^ key3;
    }

    /// <summary>Turns counters, one in each lane, into random bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Encrypt(ref Vector<uint> x0, ref Vector<uint> x1, ref Vector<uint> x2, ref Vector<uint> x3)
    {
        var (k0, k1, k2, k3, k4) = (new Vector<uint>(key0), new Vector<uint>(key1), new Vector<uint>(key2), new Vector<uint>(key3),
            new Vector<uint>(key4));
        (x0, x1, x2, x3) = (x0 + k0, x1 + k1, x2 + k2, x3 + k3);
        RoundsA(ref x0, ref x1, ref x2, ref x3);
        (x0, x1, x2, x3) = (x0 + k1, x1 + k2, x2 + k3, x3 + (k4 + new Vector<uint>(1)));
        RoundsB(ref x0, ref x1, ref x2, ref x3);
        (x0, x1, x2, x3) = (x0 + k2, x1 + k3, x2 + k4, x3 + (k0 + new Vector<uint>(2)));
        RoundsA(ref x0, ref x1, ref x2, ref x3);
        (x0, x1, x2, x3) = (x0 + k3, x1 + k4, x2 + k0, x3 + (k1 + new Vector<uint>(3)));
        RoundsB(ref x0, ref x1, ref x2, ref x3);
        (x0, x1, x2, x3) = (x0 + k4, x1 + k0, x2 + k1, x3 + (k2 + new Vector<uint>(4)));
        RoundsA(ref x0, ref x1, ref x2, ref x3);
        (x0, x1, x2, x3) = (x0 + k0, x1 + k1, x2 + k2, x3 + (k3 + new Vector<uint>(5)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void RoundsA(ref Vector<uint> x0, ref Vector<uint> x1, ref Vector<uint> x2, ref Vector<uint> x3)
    {
        Mix(ref x0, ref x1, 10); Mix(ref x2, ref x3, 26);
        Mix(ref x0, ref x3, 11); Mix(ref x2, ref x1, 21);
        Mix(ref x0, ref x1, 13); Mix(ref x2, ref x3, 27);
        Mix(ref x0, ref x3, 23); Mix(ref x2, ref x1, 5);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void RoundsB(ref Vector<uint> x0, ref Vector<uint> x1, ref Vector<uint> x2, ref Vector<uint> x3)
    {
        Mix(ref x0, ref x1, 6); Mix(ref x2, ref x3, 20);
        Mix(ref x0, ref x3, 17); Mix(ref x2, ref x1, 11);
        Mix(ref x0, ref x1, 25); Mix(ref x2, ref x3, 10);
        Mix(ref x0, ref x3, 18); Mix(ref x2, ref x1, 20);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Mix(ref Vector<uint> a, ref Vector<uint> b, int rotation)
    {
        a += b;
        b = ((b << rotation) | (b >>> (32 - rotation))) ^ a;
    }
}
