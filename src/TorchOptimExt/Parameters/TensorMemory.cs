using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace TorchOptimExt.Parameters;

/// <summary>Where the elements of CPU tensors lie.</summary>
internal static class TensorMemory
{
    /// <summary>The address of the first element, where there is one.</summary>
    internal static nint Address(Tensor tensor)
    {
        using var quiet = no_grad();
        using var first = tensor.as_strided([1], [1], tensor.storage_offset());
        return Start(first);
    }

    /// <summary>The same for a contiguous tensor of so many bytes, without another tensor where a span reaches them.</summary>
    internal static nint Address(Tensor contiguous, long bytes) => bytes <= int.MaxValue ? Start(contiguous) : Address(contiguous);

    private static unsafe nint Start(Tensor tensor) => (nint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(tensor.bytes));
}
