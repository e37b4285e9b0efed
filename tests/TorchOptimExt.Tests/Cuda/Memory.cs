using System.Runtime.InteropServices;
using TorchOptimExt.Cuda;
using TorchOptimExt.Simd;

namespace TorchOptimExt.Tests.Cuda;

/// <summary>Parameters, gradients and states in native memory, filled with numbers of every kind.</summary>
internal sealed unsafe class Memory : IDisposable
{
    private readonly byte* memory;
    private readonly long bytes;
    private readonly Elements elements;
    private readonly List<(nint address, long length, bool state)> tensors = [];

    public List<Piece> Pieces { get; } = [];

    /// <summary>Lays out pieces, of which each tensor is moved by a few elements from where it would be aligned.</summary>
    public Memory(Elements elements, StateMask states, IReadOnlyList<(int length, int[] shifts)> pieces)
    {
        this.elements = elements;
        const int Around = 128;
        bytes = pieces.Sum(piece => 5L * (piece.length * 8 + Around));
        memory = (byte*)NativeMemory.AlignedAlloc((nuint)bytes, 64);
        new Span<byte>(memory, checked((int)bytes)).Clear();
        var at = (nint)memory;
        foreach (var (length, shifts) in pieces)
        {
            var addresses = new nint[5];
            for (var k = 0; k < 5; k++)
            {
                var isThere = k < 2 || ((int)states >> (k - 2) & 1) != 0;
                if (!isThere) continue;
                var width = Width(k >= 2);
                addresses[k] = at + shifts[k % shifts.Length] * width;
                tensors.Add((addresses[k], length, k >= 2));
                Fill(addresses[k], length, k >= 2);
                at = (addresses[k] + length * width + 63) & ~63;
            }
            Pieces.Add(new(addresses[0], addresses[1], addresses[2], addresses[3], addresses[4], length));
        }
    }

    private int Width(bool state) => elements switch
    {
        Elements.Float64 => 8,
        Elements.Float32 => 4,
        Elements.Float16WithFloat32State or Elements.BFloat16WithFloat32State when state => 4,
        _ => 2,
    };

    // By place alone: another memory of the same pieces has the same.
    private void Fill(nint address, long length, bool state)
    {
        var random = new Random(tensors.Count);
        for (var k = 0; k < length; k++) Write(address + k * Width(state), Value(random, state), state);
    }

    private static double Value(Random random, bool state) => random.Next(24) switch
    {
        0 => 0,
        1 => -0.0,
        2 => double.PositiveInfinity,
        3 => random.Next(2) == 0 ? double.NegativeInfinity : double.NaN,
        4 => 1e-40 * random.NextDouble(),       // a denormal float
        5 => -6e-8 * random.NextDouble(),       // a denormal half
        6 => 3e38 * random.NextDouble(),
        7 => 1e-310 * random.NextDouble(),
        8 => 60000 * (random.NextDouble() - 0.5),
        _ => state && random.Next(4) > 0 ? random.NextDouble() : 2 * random.NextDouble() - 1,
    };

    private void Write(nint address, double value, bool state)
    {
        switch (Width(state))
        {
            case 8: *(double*)address = value; break;
            case 4: *(float*)address = (float)value; break;
            default:
                *(ushort*)address = elements is Elements.Float16 or Elements.Float16WithFloat32State
                    ? BitConverter.HalfToUInt16Bits((Half)value) : (ushort)(BitConverter.SingleToUInt32Bits((float)value) >> 16);
                break;
        }
    }

    /// <summary>Where the first element lies that differs from another's: NaN is NaN, all else the same bits; null where none does.</summary>
    public string? Difference(Memory other)
    {
        if (new Span<byte>(memory, (int)bytes).SequenceEqual(new(other.memory, (int)bytes))) return null;
        for (var t = 0; t < tensors.Count; t++)
            for (var k = 0; k < tensors[t].length; k++)
            {
                var (a, b) = (Bits(t, k), other.Bits(t, k));
                if (a.bits != b.bits && !(a.isNaN && b.isNaN)) return $"tensor {t}, element {k}: {a.bits:x} and {b.bits:x}";
            }
        return SameAround() ? null : "memory beside the tensors";

        // Nothing beside the tensors is touched.
        bool SameAround()
        {
            var at = memory;
            foreach (var (address, length, state) in tensors)
            {
                var between = (int)((byte*)address - at);
                if (!new Span<byte>(at, between).SequenceEqual(new(other.memory + (at - memory), between))) return false;
                at = (byte*)address + length * Width(state);
            }
            return true;
        }
    }

    private (ulong bits, bool isNaN) Bits(int tensor, int element)
    {
        var (address, _, state) = tensors[tensor];
        address += element * Width(state);
        switch (Width(state))
        {
            case 8: return (*(ulong*)address, double.IsNaN(*(double*)address));
            case 4: return (*(uint*)address, float.IsNaN(*(float*)address));
            default:
                var bits = *(ushort*)address;
                return (bits, elements is Elements.Float16 or Elements.Float16WithFloat32State
                    ? Half.IsNaN(BitConverter.UInt16BitsToHalf(bits)) : float.IsNaN(BitConverter.UInt32BitsToSingle((uint)bits << 16)));
        }
    }

    public void Dispose() => NativeMemory.AlignedFree(memory);
}
