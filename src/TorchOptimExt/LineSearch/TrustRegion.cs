using TorchSharp;
using static TorchSharp.torch;

namespace TorchOptimExt.LineSearch;

/// <summary>A step that minimizes the quadratic model within a radius, which grows and shrinks with how well the model predicts
/// F.</summary>
/// <param name="settings">The settings.</param>
/// <param name="sign">−1 to maximize.</param>
/// <param name="memory">Its first number is the radius, or <see cref="Unknown"/>.</param>
internal sealed class TrustRegion(TrustRegionNewton.Options settings, double sign, double[] memory) : IStepMethod
{
    /// <summary>The radius while there is none.</summary>
    public const double Unknown = 0;

    private const double Poor = 0.25, Good = 0.75, Shrink = 0.25, Growth = 2, Flat = 1e-8;

    public bool UsesCurvature => true;

    public bool UsesEnd => false;

    public (LineSearchStep report, Point? end) Advance(Point at, Trials trials, StoppingRule stop)
    {
        var model = new Model(at, sign, settings, memory[^1] > 0);
        if (memory[0] == Unknown) memory[0] = Math.Min(model.CauchyLength(), settings.max_radius!.Value);
        return Advance(at, trials, stop, model);
    }

    public bool CanEscape(Point at) => new Model(at, sign, settings, memory[^1] > 0).HasNegativeCurvature(Flat);

    public (LineSearchStep report, Point? end)? Escape(Point at, Trials trials)
    {
        var model = new Model(at, sign, settings, memory[^1] > 0);
        if (!model.HasNegativeCurvature(Flat)) return null;
        if (memory[0] == Unknown) memory[0] = Math.Min(1, settings.max_radius!.Value);      // a vanishing gradient tells no length
        var (report, end) = Advance(at, trials, default, model);
        var outcome = report.Moved ? report.Outcome : LineSearchOutcome.Saddle;
        return (report with { Direction = DirectionKind.NegativeCurvature, Outcome = outcome }, end);
    }

    private (LineSearchStep report, Point? end) Advance(Point at, Trials trials, StoppingRule stop, Model model)
    {
        var report = new LineSearchStep { Outcome = LineSearchOutcome.NoDescent, Before = at.Value, After = at.Value, Evaluations = 0 };
        var k = 0;
        for (; k < settings.max_trials; k++)
        {
            var radius = memory[0];
            if (model.Solve(radius) is not { decrease: > 0 } step) break;
            // A decrease within the rounding of F says nothing of the model: only that the radius is too small, unless a greater one
            // failed.
            var rounding = stop.IsRounding(at.Value, at.Value + step.decrease);
            if (rounding && step.atRadius && k > 0) break;
            Leg.Part(at.Legs, step.direction);
            if (k > 0) trials.Restart();
            var value = trials.Value(1);
            var ratio = !double.IsFinite(value) ? double.NegativeInfinity
                : rounding && value <= at.Value ? 1 : (at.Value - value) / step.decrease;
            report = Report(at, step, radius) with { HessianProducts = model.Products, Hessians = model.Matrices };
            memory[0] = Next(radius, step.length, ratio, step.atRadius);
            if (ratio > settings.eta)
                return (report with { Outcome = LineSearchOutcome.Accepted, Step = 1, After = value }, trials.Take(1));
            if (rounding || memory[0] == 0) break;
        }
        // A smaller radius may still do, unless F could not tell what the last one promised.
        var open = k == settings.max_trials || stop.IsLowered(at.Value, trials.Lowest) || trials.Count == 0;
        return (open ? report : report with { Outcome = LineSearchOutcome.Stalled }, null);
    }

    private double Next(double radius, double length, double ratio, bool atRadius) =>
        double.IsNegativeInfinity(ratio) ? 0.1 * Math.Min(radius, length)
        : ratio < Poor ? Shrink * Math.Min(radius, length)
        : ratio > Good && atRadius ? Math.Min(Growth * radius, settings.max_radius!.Value) : radius;

    private static LineSearchStep Report(Point at, Model.Step step, double radius)
    {
        var slope = at.Legs.Sum(leg => leg.Slope);
        return new()
        {
            Outcome = LineSearchOutcome.Refused,
            FirstTrial = 1,
            Before = at.Value,
            After = at.Value,
            Reference = at.Value,
            Slope = slope,
            Curvature = 2 * (-step.decrease - slope),
            Radius = radius,
            Direction = step.kind,
            Evaluations = 0,
        };
    }

    /// <summary>The quadratic model in units of the learning rates: exact up to max_exact elements, above by products.</summary>
    private sealed class Model
    {
        private readonly Hessian hessian;
        private readonly Tensor gradient, rates;
        private readonly double residual;
        private readonly int iterations;
        private readonly TrustRegionSubproblem? exact;
        private readonly bool broken;

        public Model(Point at, double sign, TrustRegionNewton.Options settings, bool quiet)
        {
            hessian = new(at, sign);
            rates = Leg.Flat(at.Legs, leg => full_like(leg.Parameter.detach(), leg.LearningRate));
            gradient = Leg.Flat(at.Legs, leg => leg.Gradient).mul(rates);
            residual = ConjugateGradients.Residual(quiet);
            iterations = settings.max_cg ?? (int)Math.Min(2 * hessian.Size, 250);
            if (hessian.Size > settings.max_exact || hessian.Size == 0) return;
            var matrix = hessian.Matrix().mul_(rates).mul_(rates.unsqueeze(1));
            if (matrix.isfinite().all().item<bool>()) exact = new(matrix, gradient);
            else broken = true;
        }

        public int Products => hessian.Products;

        public int Matrices => hessian.Matrices;

        public bool HasNegativeCurvature(double flat) => exact is not null && exact.SmallestEigenvalue < -flat * exact.LargestCurvature;

        /// <summary>How far from here the model is stationary along the gradient; where it has no curvature there, the gradient's
        /// norm.</summary>
        public double CauchyLength()
        {
            var norm = gradient.norm().ToDouble();
            var length = broken ? 0 : norm / Math.Abs(exact?.CurvatureAlongGradient ?? Along(gradient.div(norm)));
            return length > 0 && double.IsFinite(length) ? length : norm;

            double Along(Tensor unit) => unit.dot(Times(unit)).ToDouble();
        }

        public Step? Solve(double radius)
        {
            if (broken) return Downhill(radius);
            if (exact is not null)
            {
                var (direction, decrease, _, atRadius) = exact.Solve(radius);
                var kind = atRadius ? DirectionKind.TrustRegion : DirectionKind.Newton;
                return new(direction, decrease, direction.norm().ToDouble(), atRadius, kind);
            }
            var found = ConjugateGradients.Solve(Times, gradient, iterations, radius, residual);
            var falls = -(gradient.dot(found.Direction) + 0.5 * found.Direction.dot(found.Product)).ToDouble();
            if (!(falls > 0 && double.IsFinite(falls))) return Downhill(radius);
            return new(found.Direction, falls, found.Direction.norm().ToDouble(), found.AtRadius,
                found.AtRadius ? DirectionKind.TrustRegion : found.Complete ? DirectionKind.NewtonCG : DirectionKind.TruncatedNewtonCG);
        }

        private Tensor Times(Tensor vector) => hessian.Times(vector.mul(rates)).mul_(rates);

        // Where the Hessian is not finite the model is the slope alone.
        private Step? Downhill(double radius)
        {
            var norm = gradient.norm().ToDouble();
            return norm > 0 ? new(gradient.mul(-radius / norm), radius * norm, radius, true, DirectionKind.NegativeGradient) : null;
        }

        public sealed record Step(Tensor direction, double decrease, double length, bool atRadius, DirectionKind kind);
    }
}
