using static TorchSharp.torch;

namespace TorchOptimExt.LineSearch;

/// <summary>The direction −(H + τI)⁻¹g by Cholesky's factorization, τ = 0 where H is positive definite.</summary>
internal static class ExactNewton
{
    /// <summary>The direction and τ; a null direction where H is not finite.</summary>
    /// <remarks>J. Nocedal and S. Wright, "Numerical Optimization", 2006, algorithm 3.3, with a first τ in units of H.</remarks>
    public static (Tensor? direction, double shift) Solve(Tensor matrix, Tensor gradient)
    {
        var largest = matrix.abs().max().item<double>();
        if (!double.IsFinite(largest)) return (null, 0);
        for (var shift = 0.0; double.IsFinite(shift); shift = shift == 0 ? FirstShift(matrix, largest) : 2 * shift)
            if (Factor(matrix, shift) is { } factor) return (gradient.neg().reshape(-1, 1).cholesky_solve(factor).reshape(-1), shift);
        return (null, 0);
    }

    // Not 0 where a thousandth of the largest element is.
    private static double FirstShift(Tensor matrix, double largest) =>
        Math.Max(double.Epsilon, Math.Max(0, -matrix.diagonal().min().item<double>()) + 1e-3 * (largest == 0 ? 1 : largest));

    private static Tensor? Factor(Tensor matrix, double shift)
    {
        var shifted = matrix.clone();
        shifted.diagonal().add_(shift);
        var (factor, info) = linalg.cholesky_ex(shifted);
        return info.item<int>() == 0 ? factor : null;
    }
}
