using static TorchSharp.torch;

namespace TorchOptimExt.LineSearch;

/// <summary>The truncated Newton direction of Nocedal and Wright, "Numerical Optimization", 2006, algorithm 7.1.</summary>
internal static class ConjugateGradients
{
    /// <summary>Solves H·d = −g until the residual is min(0.5, √‖g‖)·‖g‖, a direction of negative curvature, or the last iteration.</summary>
    /// <returns>The direction, and whether the residual was reached. −g where the first direction has negative curvature.</returns>
    public static (Tensor direction, bool complete) Solve(Func<Tensor, Tensor> times, Tensor gradient, int iterations)
    {
        var direction = zeros_like(gradient);
        var (residual, search) = (gradient.clone(), gradient.neg());
        var squared = residual.dot(residual).item<double>();
        var norm = Math.Sqrt(squared);
        var enough = Math.Min(0.5, Math.Sqrt(norm)) * norm;
        for (var k = 0; k < iterations; k++)
        {
            using var scope = NewDisposeScope();
            var product = times(search);
            var curvature = search.dot(product).item<double>();
            if (!(curvature > 0 && double.IsFinite(curvature))) return (k == 0 ? gradient.neg().MoveToOuterDisposeScope() : direction, false);
            direction.add_(search, alpha: squared / curvature);
            residual.add_(product, alpha: squared / curvature);
            var next = residual.dot(residual).item<double>();
            if (Math.Sqrt(next) < enough) return (direction, true);
            search.mul_(next / squared).sub_(residual);
            squared = next;
        }
        return (direction, false);
    }
}
