using TorchOptimExt.Precision;
using TorchOptimExt.Stepping;
using static TorchSharp.torch.optim;

namespace TorchOptimExt;

/// <summary>Gradient clipping over all groups of an optimizer, by PyTorch's rules.</summary>
public static class GradientClipping
{
    /// <summary>Multiplies all gradients by min(1, max_norm / (norm + 1e-6)), in memory.</summary>
    /// <param name="optimizer">The optimizer, whose groups are taken together.</param>
    /// <param name="max_norm">The largest norm, ≥ 0.</param>
    /// <param name="norm_type">The p of the p-norm; positive infinity is the largest absolute value.</param>
    /// <param name="error_if_nonfinite">Whether a norm that is NaN or infinite is an error; otherwise the gradients become 0 or NaN, as in
    /// PyTorch.</param>
    /// <returns>The norm before; 0 where no parameter has a gradient.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="optimizer"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">max_norm is negative or NaN, or norm_type is not positive.</exception>
    /// <exception cref="InvalidOperationException">The norm is not finite and error_if_nonfinite is set; nothing is changed
    /// then.</exception>
    /// <remarks>Source: R. Pascanu, T. Mikolov, Y. Bengio, "On the difficulty of training recurrent neural networks", ICML 2013, algorithm
    /// 1.</remarks>
    public static double clip_grad_norm_(this Optimizer optimizer, double max_norm, double norm_type = 2, bool error_if_nonfinite = false)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        Check(max_norm);
        if (!(norm_type > 0)) throw new ArgumentOutOfRangeException(nameof(norm_type), norm_type, "norm_type must be greater than 0.");
        using var gradients = Gradients.Of(optimizer);
        var norm = norm_type == 2 ? Math.Sqrt(gradients.Survey().SumOfSquares) : gradients.Norm(norm_type);
        CheckFinite(norm, norm_type, error_if_nonfinite);
        if (Coefficient(max_norm, norm) is var coefficient and not 1) gradients.Multiply(coefficient);
        return norm;
    }

    /// <summary>Limits every element of all gradients to [−clip_value, clip_value], in memory. NaN stays.</summary>
    /// <param name="optimizer">The optimizer.</param>
    /// <param name="clip_value">The largest absolute value, ≥ 0.</param>
    /// <exception cref="ArgumentNullException"><paramref name="optimizer"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">clip_value is negative or NaN.</exception>
    /// <exception cref="InvalidOperationException">A gradient is complex; nothing is changed.</exception>
    public static void clip_grad_value_(this Optimizer optimizer, double clip_value)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        if (!(clip_value >= 0)) throw new ArgumentOutOfRangeException(nameof(clip_value), clip_value, "clip_value must not be negative.");
        using var gradients = Gradients.Of(optimizer);
        gradients.Clamp(clip_value);
    }

    /// <summary>
    /// A step with the gradients clipped by their Euclidean norm. With this library's first-order optimizers the gradients are read once
    /// for the norm and clipped in the step's own pass; they stay as they are in memory. With others it is <see cref="clip_grad_norm_"/>
    /// and then the step.
    /// </summary>
    /// <inheritdoc cref="clip_grad_norm_"/>
    public static double clipped_step(this Optimizer optimizer, double max_norm, bool error_if_nonfinite = false)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        Check(max_norm);
        if (optimizer is not IFusedOptimizer fused)
        {
            var before = optimizer.clip_grad_norm_(max_norm, error_if_nonfinite: error_if_nonfinite);
            optimizer.step();
            return before;
        }
        var norm = Math.Sqrt(Gradients.Survey(optimizer).SumOfSquares);
        CheckFinite(norm, 2, error_if_nonfinite);
        var coefficient = Coefficient(max_norm, norm);
        if (double.IsNaN(coefficient))
        {
            using var gradients = Gradients.Of(optimizer);
            gradients.Multiply(coefficient);      // as in PyTorch: all become NaN
        }
        StepBy(optimizer, fused, double.IsNaN(coefficient) ? 1 : coefficient);
        return norm;
    }

    internal static void Check(double max_norm)
    {
        if (!(max_norm >= 0)) throw new ArgumentOutOfRangeException(nameof(max_norm), max_norm, "max_norm must not be negative.");
    }

    internal static double Coefficient(double max_norm, double norm) => Math.Min(1, max_norm / (norm + 1e-6));

    // The factor of the user, where there is one, stays in force.
    internal static void StepBy(Optimizer optimizer, IFusedOptimizer fused, double factor)
    {
        var before = fused.GradientScale;
        fused.GradientScale = () => before is null ? factor : before() * factor;
        try
        {
            optimizer.step();
        }
        finally
        {
            fused.GradientScale = before;
        }
    }

    private static void CheckFinite(double norm, double norm_type, bool error_if_nonfinite)
    {
        if (error_if_nonfinite && !double.IsFinite(norm))
            throw new InvalidOperationException($"The total norm of order {norm_type} for the gradients is non-finite ({norm}), so " +
                "they cannot be clipped. To scale them by it anyway, set error_if_nonfinite: false.");
    }
}
