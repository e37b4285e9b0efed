namespace TorchSharp.Utils;

/// <summary>Unsigned LEB128: seven bits a byte, the lowest first, the high bit set on all but the last. TorchSharp's files write counts, types and sizes so.</summary>
internal static class LEB128Codec
{
    internal static void Encode(this BinaryWriter writer, long value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        writer.Write7BitEncodedInt64(value);
    }

    internal static long Decode(this BinaryReader reader) => reader.Read7BitEncodedInt64();
}
