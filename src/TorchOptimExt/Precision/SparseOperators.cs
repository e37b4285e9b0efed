using static TorchSharp.torch;

namespace TorchOptimExt.Precision;

/// <summary>libtorch's operator for sparse tensors, which TorchSharp does not have as a method.</summary>
internal static class SparseOperators
{
    // The source must end with a newline.
    private static readonly Lazy<jit.CompilationUnit> Unit = new(() => jit.compile(
        "def coalesce(sparse: Tensor) -> Tensor:\n    return sparse.coalesce()\n")!);

    /// <summary>The same tensor with the values for one place added, so that each place has one.</summary>
    public static Tensor Coalesced(Tensor sparse) => Unit.Value.invoke<Tensor>("coalesce", sparse);
}
