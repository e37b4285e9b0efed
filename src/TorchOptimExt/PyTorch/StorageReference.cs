using static TorchSharp.torch;

namespace TorchOptimExt.PyTorch;

/// <summary>The memory of tensors in a file, which several of them may share: its name there, its type, and its elements.</summary>
internal sealed record StorageReference(string Key, ScalarType Type, long Elements);
