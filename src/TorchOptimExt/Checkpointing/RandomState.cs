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

    // libtorch does not survive a state of another length.
    public static byte[] Read(BinaryReader reader)
    {
        var (length, own) = (reader.ReadInt32(), Current().Length);
        return length == own ? reader.ReadBytes(length) : throw new InvalidDataException($"holds a random state of {length} bytes; this libtorch has one of {own}.");
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
