using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace TorchOptimExt.Checkpointing;

/// <summary>The default CPU generator's state.</summary>
internal static class RandomState
{
    public static void Write(BinaryWriter writer)
    {
        var state = Current();
        writer.Write(state.Length);
        writer.Write(state);
    }

    /// <summary>Reads a state and checks it. libtorch ends the process where it gets one that its Mersenne twister cannot have.</summary>
    public static byte[] Read(BinaryReader reader)
    {
        var (length, own) = (reader.ReadInt32(), Current().Length);
        if (length != own) throw new InvalidDataException($"holds a random state of {length} bytes; this libtorch has one of {own}.");
        var state = reader.ReadBytes(length);
        if (state.Length < length) throw new EndOfStreamException("ends within the random state.");
        return IsPossible(state) ? state : throw new InvalidDataException("holds a random state that no generator can have.");
    }

    // The state as libtorch writes it: the seed (uint64), how many numbers are left before the next twist and whether it is seeded
    // (int32), the place of the next number (uint64), 624 numbers of 32 bits (uint64), then what is kept of a pair of normal
    // deviates: unused, deviate, unused (float64), whether it is there (int32), and the same in single precision.
    private static bool IsPossible(byte[] state)
    {
        const int Numbers = 624, First = 24, Normal = First + Numbers * sizeof(ulong);
        if (state.Length != Normal + 40) return false;
        var (left, seeded, next) = (BitConverter.ToInt32(state, 8), BitConverter.ToInt32(state, 12), BitConverter.ToUInt64(state, 16));
        var places = left == 1 && next == 0 || left is >= 1 and <= Numbers && next == (ulong)(Numbers + 1 - left);
        var numbers = MemoryMarshal.Cast<byte, ulong>(state.AsSpan(First, Numbers * sizeof(ulong)));
        return seeded == 1 && places && numbers.IndexOfAnyExceptInRange(0UL, uint.MaxValue) < 0
            && BitConverter.ToInt32(state, Normal + 24) is 0 or 1 && (state[Normal + 36] is 0 or 1)
            && double.IsFinite(BitConverter.ToDouble(state, Normal + 8)) && float.IsFinite(BitConverter.ToSingle(state, Normal + 32));
    }

    public static void Apply(byte[] state, Stack<Action> undo)
    {
        var before = Current();
        undo.Push(() => Set(before));
        Set(state);
    }

    private static byte[] Current()
    {
        using var state = random.get_rng_state();
        return state.bytes.ToArray();
    }

    private static void Set(byte[] state)
    {
        using var value = tensor(state, dtype: ScalarType.Byte);
        random.set_rng_state(value);
    }
}
