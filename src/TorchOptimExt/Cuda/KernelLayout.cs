using System.Numerics;
using TorchOptimExt.Simd;

namespace TorchOptimExt.Cuda;

/// <summary>
/// How a launch's arguments lie in memory, on both sides: the head (how many entries, the rule's numbers), then one entry for each tensor:
/// the addresses of parameter, gradient and states, the length, the first block of threads, and whether all are aligned.
/// </summary>
/// <param name="Elements">What the elements are in memory.</param>
/// <param name="States">Which states there are.</param>
/// <param name="Numbers">How many numbers the rule takes.</param>
internal readonly record struct KernelLayout(Elements Elements, StateMask States, int Numbers)
{
    /// <summary>Elements that one block of threads updates: few enough that small models fill a card.</summary>
    public const int Chunk = 4096;

    /// <summary>Threads of a block.</summary>
    public const int Threads = 256;

    /// <summary>Bytes to whose multiples the addresses of an entry are aligned where it says so: one load of a thread.</summary>
    public const int Alignment = 16;

    /// <summary>Bytes of arguments that every driver takes, and those that CUDA 12.1 takes from compute capability 7.0 on.</summary>
    public const int SmallBytes = 4096, LargeBytes = 32764;

    /// <summary>Tensors that an entry refers to.</summary>
    public int Tensors => 2 + BitOperations.PopCount((uint)States);

    /// <summary>Bytes of a number, which has the precision that is computed in.</summary>
    public int NumberBytes => Elements == Elements.Float64 ? 8 : 4;

    /// <summary>Bytes before the entries, which begin at a multiple of eight.</summary>
    public int HeadBytes => (8 + Math.Max(1, Numbers) * NumberBytes + 7) & ~7;

    /// <summary>Words of eight bytes in an entry.</summary>
    public int EntryWords => Tensors + 2;

    /// <summary>Entries that fit into small arguments; below 1 where the rule takes too many numbers.</summary>
    public int SmallCapacity => (SmallBytes - HeadBytes) / (8 * EntryWords);

    /// <summary>Entries that fit into large ones.</summary>
    public int LargeCapacity => (LargeBytes - HeadBytes) / (8 * EntryWords);
}
