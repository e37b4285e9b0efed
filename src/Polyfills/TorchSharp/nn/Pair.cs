namespace TorchSharp;

/// <summary>The two dimensions of an image, from one number or a pair.</summary>
internal static class Pair
{
    internal static long[] Both(this (long, long) pair) => [pair.Item1, pair.Item2];
    internal static long[] Both(this long size) => [size, size];
}
