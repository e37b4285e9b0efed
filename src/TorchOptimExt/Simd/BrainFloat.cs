namespace TorchOptimExt.Simd;

/// <summary>The 16 bits of a bfloat16 in memory: the upper half of a float.</summary>
internal readonly record struct BrainFloat(ushort Bits);
