using TorchSharp;
using static TorchSharp.torch;

namespace TorchOptimExt.LineSearch;

/// <summary>Newton's direction, exact or by conjugate gradients, then the direction of negative curvature that ended these, then
/// −g.</summary>
internal sealed class NewtonDirections(ArmijoNewton.Options settings, double sign, bool quiet) : IDirections
{
    // Eigenvalues that are no further below 0 than this fraction of the largest are taken for 0.
    private const double Flat = 1e-8;

    public bool UseCurvature => true;

    public bool UseEnd => false;

    public IEnumerable<Candidate> From(Point at)
    {
        var hessian = new Hessian(at, sign);
        Tensor? descent = null;
        var newton = hessian.Size <= settings.max_exact ? Exact(hessian, at) : Truncated(hessian, at, out descent);
        if (newton is { } candidate && candidate.Slope < 0 && double.IsFinite(candidate.Slope)) yield return candidate;
        if (descent is not null) yield return NegativeCurvature(at, descent, hessian.Times) with { HessianProducts = 1 };
        yield return Candidate.Downhill(at, FirstTrialRule.Cautious(at.GradientSum)) with
        {
            HessianProducts = newton is null ? hessian.Products : 0,
            Hessians = newton is null ? hessian.Matrices : 0,
        };
    }

    public Candidate? Down(Point at)
    {
        var hessian = new Hessian(at, sign);
        if (hessian.Size > settings.max_exact || hessian.Size == 0) return null;
        var matrix = hessian.Matrix();
        if (!matrix.isfinite().all().item<bool>()) return null;
        var model = new TrustRegionSubproblem(matrix, Leg.Flat(at.Legs, leg => leg.Gradient));
        if (!(model.SmallestEigenvalue < -Flat * model.LargestCurvature)) return null;
        return NegativeCurvature(at, model.SmallestEigenvector, matrix.mv) with { Hessians = 1 };
    }

    // A direction along which H is negative and g falls, with length 1 in units of the learning rates.
    private static Candidate NegativeCurvature(Point at, Tensor direction, Func<Tensor, Tensor> times)
    {
        Leg.Part(at.Legs, direction.div(direction.norm()));
        if (at.HasRates) Leg.Level(at.Legs);        // what has negative curvature need not have it after turning
        return new(DirectionKind.NegativeCurvature, Math.Min(at.Legs.Sum(leg => leg.Slope), -double.Epsilon), 1)
        { Curvature = Curvature(times, at, 1) };
    }

    public void Accept(Point from, LineSearchStep step, Point? end) { }

    public void Refuse(Candidate failed, double smallest) { }

    // The curvature and slope are those of the direction with the learning rates.
    private Candidate? Exact(Hessian hessian, Point at)
    {
        var matrix = hessian.Matrix();
        if (!matrix.isfinite().all().item<bool>()) return null;
        var gradient = Leg.Flat(at.Legs, leg => leg.Gradient);
        var (factor, info) = linalg.cholesky_ex(matrix);
        var positive = info.item<int>() == 0;
        Leg.Part(at.Legs, positive ? gradient.neg().unsqueeze(1).cholesky_solve(factor).squeeze(1)
            : new TrustRegionSubproblem(matrix, gradient).SaddleFree(Flat));
        if (at.HasRates) Leg.KeepDescent(at.Legs);
        return new(positive ? DirectionKind.Newton : DirectionKind.SaddleFreeNewton, at.Legs.Sum(leg => leg.Slope), 1)
        {
            Curvature = Curvature(matrix.mv, at, settings.b!.Value),
            Hessians = 1,
        };
    }

    // And the direction of negative curvature that ended it.
    private Candidate? Truncated(Hessian hessian, Point at, out Tensor? descent)
    {
        var iterations = settings.max_cg ?? (int)Math.Min(2 * hessian.Size, 250);
        var found = ConjugateGradients.Solve(hessian.Times, Leg.Flat(at.Legs, leg => leg.Gradient), iterations,
            residual: ConjugateGradients.Residual(quiet));
        descent = found.Descent;
        Leg.Part(at.Legs, found.Direction);
        if (at.HasRates) Leg.KeepDescent(at.Legs);
        var curvature = !at.HasRates
            ? Weighted(settings.b!.Value, at.Legs[0].LearningRate * at.Legs[0].LearningRate * found.Direction.dot(found.Product).ToDouble())
            : Curvature(hessian.Times, at, settings.b!.Value);
        return new(found.Complete ? DirectionKind.NewtonCG : DirectionKind.TruncatedNewtonCG, at.Legs.Sum(leg => leg.Slope), 1)
        {
            Curvature = curvature,
            HessianProducts = hessian.Products,
        };
    }

    private static double Curvature(Func<Tensor, Tensor> times, Point at, double b)
    {
        if (b == 0) return 0;
        var direction = Leg.Flat(at.Legs, leg => leg.Direction.mul(leg.Scale));
        return Weighted(b, direction.dot(times(direction)).ToDouble());
    }

    // b · dᵀHd; 0 where it is no number, which leaves plain Armijo.
    private static double Weighted(double b, double curvature) => double.IsFinite(b * curvature) ? b * curvature : 0;
}
