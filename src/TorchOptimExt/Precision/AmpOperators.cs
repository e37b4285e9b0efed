using static TorchSharp.torch;

namespace TorchOptimExt.Precision;

/// <summary>libtorch's own operator for unscaling, which TorchSharp does not have as a method.</summary>
internal static class AmpOperators
{
    // The source must end with a newline.
    private const string Source = "def unscale(grads: List[Tensor], found_inf: Tensor, inv_scale: Tensor) -> Tensor:\n    " +
        "torch._amp_foreach_non_finite_check_and_unscale_(grads, found_inf, inv_scale)\n    return found_inf\n";

    private static readonly Lazy<jit.CompilationUnit> Unit = new(() => jit.compile(Source)!);

    /// <summary>Multiplies gradients by a number; says whether all were finite, and null where there are none.</summary>
    public static bool? Unscale(Gradients gradients, float inverse)
    {
        using var owned = gradients;
        if (gradients.Count == 0) return null;
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var finite = true;
        foreach (var group in gradients.Dense.GroupBy(grad => (grad.device.ToString(), grad.dtype)))
        {
            var (found, factor) = (zeros(1, device: group.First().device), tensor(inverse, device: group.First().device));
            Unit.Value.invoke<Tensor>("unscale", group.ToArray(), found, factor);
            finite &= found.item<float>() == 0;
        }
        return finite;
    }
}
