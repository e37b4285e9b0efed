using static TorchSharp.torch;

namespace TorchOptimExt.LineSearch;

/// <summary>
/// The step p that minimizes the quadratic model m(p) = gᵀp + ½·pᵀHp within ‖p‖ ≤ radius, exactly: from one decomposition H = QΛQᵀ for any
/// number of radii.
/// </summary>
/// <remarks>
/// The solution has (H + λI)p = −g with λ ≥ 0, H + λI positive semidefinite and λ(radius − ‖p‖) = 0; where g has no part along the
/// eigenvectors of the smallest eigenvalue (the hard case), a multiple of one of them is added that reaches the radius.
/// <para>Source: J. J. Moré and D. C. Sorensen, "Computing a Trust Region Step", 1983; J. Nocedal and S. Wright, "Numerical Optimization",
/// 2006, algorithm 4.3.</para>
/// </remarks>
public sealed class TrustRegionSubproblem
{
    private const int MostIterations = 200;

    private readonly Tensor vectors;
    private readonly double[] values, gradient;     // in the basis of the eigenvectors, the smallest eigenvalue first

    /// <summary>Decomposes a Hessian.</summary>
    /// <param name="hessian">H, symmetric, n × n, finite.</param>
    /// <param name="gradient">g, n elements, finite.</param>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public TrustRegionSubproblem(Tensor hessian, Tensor gradient)
    {
        ArgumentNullException.ThrowIfNull(hessian);
        ArgumentNullException.ThrowIfNull(gradient);
        var (found, basis) = linalg.eigh(hessian.to_type(ScalarType.Float64));
        vectors = basis;
        values = Numbers(found);
        this.gradient = Numbers(basis.t().mv(gradient.reshape(-1).to_type(ScalarType.Float64)));
    }

    /// <summary>The smallest eigenvalue of H.</summary>
    public double SmallestEigenvalue => values[0];

    /// <summary>The largest absolute value of an eigenvalue of H.</summary>
    public double LargestCurvature => Math.Max(Math.Abs(values[0]), Math.Abs(values[^1]));

    /// <summary>uᵀHu for the unit vector u of g.</summary>
    internal double CurvatureAlongGradient
    {
        get
        {
            var norm = Norm(gradient);
            return values.Zip(gradient, (value, g) => value * (g / norm) * (g / norm)).Sum();
        }
    }

    /// <summary>An eigenvector of the smallest eigenvalue, of length 1; its sign is such that g falls along it.</summary>
    public Tensor SmallestEigenvector => vectors.select(1, 0).mul(gradient[0] > 0 ? -1.0 : 1.0);

    /// <summary>Finds the step for a radius.</summary>
    /// <param name="radius">The largest length of the step; &gt; 0.</param>
    /// <returns>The step, the decrease −m(p) ≥ 0 that the model predicts, λ, and whether the step ends at the radius.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="radius"/> is not greater than 0.</exception>
    public (Tensor step, double decrease, double lambda, bool at_radius) Solve(double radius)
    {
        if (!(radius > 0)) throw new ArgumentOutOfRangeException(
            nameof(radius), radius, FormattableString.Invariant($"radius is {radius}; it must be greater than 0."));
        if (values[0] > 0 && Length(0) <= radius) return Step(0, Along(0), false);
        var least = Math.Max(0, -values[0]);
        var smallest = Along(least);
        var length = Norm(smallest);
        if (length >= radius) (least, smallest, length) = Secular(least, radius);
        else if (values[0] < 0) Reach(smallest, radius);
        return Step(least, smallest, values[0] < 0 || length >= radius * (1 - 1e-10));
    }

    /// <summary>The step −Q|Λ|⁻¹Qᵀg: Newton's where H is positive definite, and away from a saddle or maximum where it is not.</summary>
    /// <param name="least">Eigenvalues nearer to 0 than this fraction of the largest are taken for that; 0 ≤ least ≤ 1.</param>
    /// <remarks>Y. N. Dauphin et al., "Identifying and Attacking the Saddle Point Problem in High-Dimensional Non-Convex Optimization",
    /// 2014.</remarks>
    public Tensor SaddleFree(double least = 1e-8)
    {
        var floor = LargestCurvature > 0 ? Math.Max(least * LargestCurvature, double.Epsilon) : 1;
        return vectors.mv(tensor(values.Zip(gradient, (value, g) => -g / Math.Max(Math.Abs(value), floor)).ToArray(),
            device: vectors.device));
    }

    // Newton's iteration on 1/‖p(λ)‖ = 1/radius from below, which converges monotonically, kept within a bracket.
    private (double lambda, double[] step, double length) Secular(double least, double radius)
    {
        var (low, high) = (least, least + Norm(gradient) / radius);
        var lambda = double.IsFinite(Length(low)) ? low : 0.5 * (low + high);
        for (var k = 0; k < MostIterations; k++)
        {
            var step = Along(lambda);
            var length = Norm(step);
            if (length > radius) low = lambda;
            else high = lambda;
            if (Math.Abs(length - radius) <= 1e-12 * radius || high - low <= 2e-16 * high)
            {
                if (length < radius * (1 + 1e-12)) high = lambda;
                break;
            }
            var derivative = step.Select((p, i) => p * p / (values[i] + lambda)).Sum();
            var next = lambda + length * length / derivative * (length - radius) / radius;
            lambda = next > low && next < high ? next : 0.5 * (low + high);
        }
        var found = Along(high);
        if (Norm(found) < radius * (1 - 1e-8)) Reach(found, radius);
        return (high, found, radius);
    }

    // The hard case, exactly or within rounding: the part along the first eigenvector makes up for the length that is missing.
    private void Reach(double[] step, double radius)
    {
        var rest = step.Skip(1).Sum(v => v * v);
        step[0] = (gradient[0] > 0 ? -1 : 1) * Math.Sqrt(Math.Max(0, radius * radius - rest));
    }

    private (Tensor, double, double, bool) Step(double lambda, double[] step, bool atRadius)
    {
        var decrease = -step.Select((p, i) => p * (gradient[i] + 0.5 * values[i] * p)).Sum();
        return (vectors.mv(tensor(step, device: vectors.device)), decrease, lambda, atRadius);
    }

    // −(Λ + λ)⁻¹g; what has neither gradient nor curvature stays.
    private double[] Along(double lambda) =>
        [.. values.Select((value, i) => gradient[i] == 0 ? 0 : value + lambda > 0 ? -gradient[i] / (value + lambda)
        : double.PositiveInfinity)];


    private double Length(double lambda) => Norm(Along(lambda));

    private static double Norm(double[] vector) => Math.Sqrt(vector.Sum(v => v * v));

    private static double[] Numbers(Tensor tensor) => tensor.to(CPU).contiguous().data<double>().ToArray();
}
