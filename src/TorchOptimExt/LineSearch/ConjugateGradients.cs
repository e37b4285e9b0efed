using TorchSharp;
using static TorchSharp.torch;

namespace TorchOptimExt.LineSearch;

/// <summary>
/// Minimizes the quadratic model gᵀd + ½·dᵀHd approximately by conjugate gradients on products of H with a vector, until the residual ‖Hd +
/// g‖ is min(residual, √‖g‖)·‖g‖, a direction of negative curvature, the radius, or the last iteration.
/// </summary>
/// <remarks>Source: J. Nocedal and S. Wright, "Numerical Optimization", 2006, algorithms 7.1 and 7.2; T. Steihaug, "The Conjugate Gradient
/// Method and Trust Regions in Large Scale Optimization", 1983; Y. N. Dauphin et al., "Identifying and Attacking the Saddle Point Problem
/// in High-Dimensional Non-Convex Optimization", 2014 (absolute values of curvatures).</remarks>
public static class ConjugateGradients
{
    private const double Enough = 0.5, Sharp = 1e-6, Flat = 0.01;

    /// <summary>The residual for a step: sharp after one that changed F no more, so that what a blunt solution left is not taken for
    /// convergence.</summary>
    internal static double Residual(bool quiet) => quiet ? Sharp : Enough;

    /// <summary>Finds a direction for a line search, or a step within a trust region.</summary>
    /// <param name="times">Gives H·v for a vector of g's shape.</param>
    /// <param name="gradient">g, a vector.</param>
    /// <param name="iterations">The most iterations, each one product; ≥ 1.</param>
    /// <param name="radius">The largest length of the step; &gt; 0. Where a direction has negative curvature or leaves the region, the step
    /// goes along it up to the radius; with an infinite radius as far as with the absolute value of the curvature, or of a hundredth of the
    /// largest so far.</param>
    /// <param name="residual">The largest residual that may be left, in units of ‖g‖; &gt; 0.</param>
    /// <returns>The direction d and what is known of it. Its tensors belong to the open dispose scope.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="radius"/> or <paramref name="residual"/> is not greater than
    /// 0.</exception>
    public static ConjugateGradientsResult Solve(Func<Tensor, Tensor> times, Tensor gradient, int iterations,
        double radius = double.PositiveInfinity, double residual = Enough)
    {
        ArgumentNullException.ThrowIfNull(times);
        ArgumentNullException.ThrowIfNull(gradient);
        if (!(radius > 0)) throw new ArgumentOutOfRangeException(
            nameof(radius), radius, FormattableString.Invariant($"radius is {radius}; it must be greater than 0."));
        if (!(residual > 0)) throw new ArgumentOutOfRangeException(
            nameof(residual), residual, FormattableString.Invariant($"residual is {residual}; it must be greater than 0."));
        var (direction, curved) = (zeros_like(gradient), zeros_like(gradient));     // d and Hd
        var (rest, search) = (gradient.clone(), gradient.neg());
        var squared = Square(rest);
        var enough = Math.Min(residual, Math.Sqrt(Math.Sqrt(squared))) * Math.Sqrt(squared);
        var largest = 0.0;      // curvature, along a vector of length 1
        for (var k = 0; k < iterations; k++)
        {
            using var scope = NewDisposeScope();
            var product = times(search);
            var curvature = search.dot(product).ToDouble();
            if (!(curvature > 0 && double.IsFinite(curvature)))
            {
                if (double.IsPositiveInfinity(radius)) Go(Beyond(curvature, squared, largest * Square(search)), product);
                else if (double.IsFinite(curvature)) Go(ToRadius(direction, search, radius), product);
                return new(direction, curved, false, true, !double.IsPositiveInfinity(radius))
                {
                    Descent = curvature < 0 && double.IsFinite(curvature) ? search : null,
                };
            }
            largest = Math.Max(largest, curvature / Square(search));
            var length = squared / curvature;
            if (!double.IsPositiveInfinity(radius) && ToRadius(direction, search, radius) is var reach && reach <= length)
            {
                Go(reach, product);
                return new(direction, curved, false, false, true);
            }
            Go(length, product);
            rest.add_(product, alpha: length);
            var next = Square(rest);
            if (Math.Sqrt(next) < enough || next == 0) return new(direction, curved, true, false, false);
            search.mul_(next / squared).sub_(rest);
            squared = next;
        }
        return new(direction, curved, false, false, false);

        void Go(double length, Tensor product)
        {
            direction.add_(search, alpha: length);
            curved.add_(product, alpha: length);
        }
    }

    // How far to go along a direction of negative curvature: as far as if it were positive, and not nearer to 0 than rounding leaves it.
    private static double Beyond(double curvature, double squared, double largest)
    {
        var length = squared / Math.Max(-curvature, Flat * largest);
        return double.IsFinite(length) ? length : largest > 0 ? 0 : 1;
    }

    private static double Square(Tensor vector) => vector.dot(vector).ToDouble();

    // The positive t with ‖d + t·p‖ = radius.
    private static double ToRadius(Tensor direction, Tensor search, double radius)
    {
        double a = Square(search), b = direction.dot(search).ToDouble(), c = Square(direction) - radius * radius;
        var root = Math.Sqrt(Math.Max(0, b * b - a * c));
        return b > 0 ? -c / (b + root) : (root - b) / a;
    }
}
