using System.Numerics;

namespace TorchOptimExt.RandomSearch;

/// <summary>
/// A number that follows from the bits of a tile's elements and their places. Those of all tiles may be added in any order.
/// </summary>
internal static class CheckValue
{
    private const ulong Odd = 0x9E3779B97F4A7C15;       // 2⁶⁴ by the golden ratio

    /// <summary>The check value of a tile of two arrays.</summary>
    public static unsafe ulong Of<T>(T* one, T* other, int length, int parameter, long tile) where T : unmanaged
    {
        var bytes = length * sizeof(T);
        var (first, second) = (Of((byte*)one, bytes), Of((byte*)other, bytes));
        return Mixed(Mixed(first, (ulong)parameter) ^ second, (ulong)tile);
    }

    private static unsafe ulong Of(byte* values, int bytes)
    {
        var lanes = Vector<ulong>.Zero;
        var at = 0;
        for (; at <= bytes - Vector<byte>.Count; at += Vector<byte>.Count)
            lanes = ((lanes << 5) | (lanes >>> 59)) ^ Vector.Load((ulong*)(values + at));
        ulong all = 0;
        for (var lane = 0; lane < Vector<ulong>.Count; lane++) all = Mixed(all, lanes[lane]);
        for (; at < bytes; at += sizeof(uint)) all = Mixed(all, *(uint*)(values + at));
        return all;
    }

    private static ulong Mixed(ulong a, ulong b) => BitOperations.RotateLeft((a + b + 1) * Odd, 29);
}
