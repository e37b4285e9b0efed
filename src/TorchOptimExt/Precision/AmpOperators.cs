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
            finite &= group.Key.dtype is ScalarType.Float32 or ScalarType.Float64 ? ByOperator([.. group], inverse)
                : ByTensors([.. group], inverse);
        return finite;
    }

    private static bool ByOperator(Tensor[] grads, float inverse)
    {
        var (found, factor) = (zeros(1, device: grads[0].device), tensor(inverse, device: grads[0].device));
        Unit.Value.invoke<Tensor>("unscale", grads, found, factor);
        return found.item<float>() == 0;
    }

    // The operator lacks complex numbers, and bfloat16 on some devices.
    private static bool ByTensors(Tensor[] grads, float inverse)
    {
        var finite = stack(grads.Select(grad => grad.isfinite().all())).all().item<bool>();
        foreach (var grad in grads) grad.mul_(inverse);
        return finite;
    }
}
