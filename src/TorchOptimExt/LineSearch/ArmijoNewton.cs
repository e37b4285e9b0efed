using TorchOptimExt.Parameters;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.LineSearch;

/// <summary>
/// Newton's method with Armijo's rule: the full step first, then backtracking until the loss falls enough against a model with curvature.
/// <code>
/// F(θ) = ±f(θ) + ½·Σ λ‖θ‖²,   g = ∇F,   H = ∇²F,   d = −lr · (H + τI)⁻¹g (−lr · g where that does not descend)
/// m(α) = α·gᵀd + ½·b·α²·dᵀHd
/// accept α where m(α) &lt; 0 and F(θ + αd) ≤ F(θ) + c·m(α),   α = 1, β, β², …
/// θ ← θ + αd
/// </code>
/// </summary>
/// <remarks>
/// Up to max_exact elements in all, H is computed exactly (one pass backwards through the gradient an element) and factored by Cholesky; where it is not
/// positive definite, τ is doubled until H + τI is. Above, the direction comes from conjugate gradients on products of H with a vector, stopped at the
/// residual min(0.5, √‖g‖)·‖g‖. <see cref="LineSearchOptimizer.LastStep"/> tells which of these happened. The loss must be differentiable twice, and the
/// closure must return the same loss for the same parameters: full batches. It leaves backward() to the optimizer.
/// <para>Sources: J. Nocedal and S. Wright, "Numerical Optimization", 2006, algorithms 3.2, 3.3 and 7.1; L. Armijo, 1966; the condition with curvature is
/// known as "Armijo full relaxation".</para>
/// </remarks>
/// <example>
/// <code>
/// var optimizer = torch.optim.ArmijoNewton(model.parameters());
/// while (optimizer.LastStep?.Outcome is null or LineSearchOutcome.Accepted)
///     optimizer.step(() => torch.nn.functional.mse_loss(model.forward(x), y)).Dispose();
/// </code>
/// </example>
[Optimizer]
public sealed partial class ArmijoNewton : LineSearchOptimizer
{
    private new Options Settings => (Options)base.Settings;

    /// <inheritdoc/>
    protected override (double[] numbers, Tensor[] tensors) InitialState(Parameter parameter, OptimizerOptions options) => ([], []);

    // What cannot be differentiated twice fails in the products, which report it; grad() itself is given only what it can take.
    private protected override IReadOnlyList<Tensor?> Differentiate(Tensor loss, IReadOnlyList<Parameter> parameters)
    {
        var asked = parameters.Where(p => p.requires_grad).ToList();
        var found = asked.Zip(autograd.grad([loss], [.. asked], retain_graph: true, create_graph: true, allow_unused: true)).ToDictionary(pair => pair.First.Handle, pair => pair.Second);
        return [.. parameters.Select(p => found.TryGetValue(p.Handle, out var gradient) && gradient is { IsInvalid: false } ? gradient : null)];
    }

    private protected override SearchDirection Direct(IReadOnlyList<Leg> legs)
    {
        var hessian = new Hessian(legs, Sign);
        var (times, vector, kind, shift) = hessian.Size <= Settings.max_exact ? Exact(hessian, legs) : Truncated(hessian, legs);
        var slope = vector is null ? 0 : Along(legs, vector);
        if (!(slope < 0 && double.IsFinite(slope)))
        {
            (kind, shift) = (DirectionKind.NegativeGradient, 0);
            foreach (var leg in legs) (leg.Direction, leg.Scale) = (leg.Gradient, -leg.Options.LearningRate!.Value);
            slope = legs.Sum(leg => leg.Slope);
        }
        return new(kind, slope, Settings.b!.Value is not 0 and var b ? Curvature(times, legs, b) : 0, shift, hessian.Products);
    }

    private protected override ArmijoSearch Search() => new(Settings.c!.Value, Settings.beta!.Value, Settings.max_backtracks!.Value, Settings.min_step!.Value);

    private static (Func<Tensor, Tensor> times, Tensor? vector, DirectionKind kind, double shift) Exact(Hessian hessian, IReadOnlyList<Leg> legs)
    {
        var matrix = hessian.Matrix();
        var (vector, shift) = ExactNewton.Solve(matrix, Flat(legs, leg => leg.Gradient));
        return (matrix.mv, vector, shift == 0 ? DirectionKind.Newton : DirectionKind.ShiftedNewton, shift);
    }

    private (Func<Tensor, Tensor> times, Tensor? vector, DirectionKind kind, double shift) Truncated(Hessian hessian, IReadOnlyList<Leg> legs)
    {
        var iterations = Settings.max_cg ?? (int)Math.Min(2 * hessian.Size, 250);
        var (vector, complete) = ConjugateGradients.Solve(hessian.Times, Flat(legs, leg => leg.Gradient), iterations);
        return (hessian.Times, vector, complete ? DirectionKind.NewtonCG : DirectionKind.TruncatedNewtonCG, 0);
    }

    // Gives each parameter its part of the direction; returns the slope.
    private static double Along(IReadOnlyList<Leg> legs, Tensor vector)
    {
        var parts = vector.split([.. legs.Select(leg => leg.Parameter.NumberOfElements)]);
        foreach (var (leg, part) in legs.Zip(parts))
            (leg.Direction, leg.Scale) = (part.reshape(leg.Parameter.shape).to_type(leg.Parameter.dtype), leg.Options.LearningRate!.Value);
        return legs.Sum(leg => leg.Slope);
    }

    // b · dᵀHd; 0 where it is no number, which leaves plain Armijo.
    private static double Curvature(Func<Tensor, Tensor> times, IReadOnlyList<Leg> legs, double b)
    {
        var direction = Flat(legs, leg => leg.Direction.mul(leg.Scale));
        var curvature = b * direction.dot(times(direction)).item<double>();
        return double.IsFinite(curvature) ? curvature : 0;
    }

    private static Tensor Flat(IEnumerable<Leg> legs, Func<Leg, Tensor> part) => cat([.. legs.Select(leg => Leg.Wide(part(leg)))]);

    /// <summary>The hyperparameters of a group: a learning rate and weight decay of its own; those of the search are the same for all. What is null takes the optimizer's.</summary>
    public sealed partial class Options : ArmijoOptions
    {
        /// <summary>The factor of Newton's step that is tried first, ≥ 0; 1 is Newton's method.</summary>
        [Hyperparameter(Default = 1.0, AtLeast = 0)]
        public override double? lr { get => base.lr; set => base.lr = value; }

        /// <summary>How much of the curvature the prediction contains; 0 ≤ b ≤ 1, and 0 for plain Armijo.</summary>
        [Hyperparameter(Default = 1.0, AtLeast = 0, AtMost = 1, Shared = true)]
        public double? b { get; set; }

        /// <summary>The largest number n of elements in all for which the Hessian is computed exactly, which takes 8·n² bytes; ≥ 0.</summary>
        [Hyperparameter(Default = 512, AtLeast = 0, Shared = true)]
        public int? max_exact { get; set; }

        /// <summary>The most iterations of conjugate gradients; ≥ 1. Null takes twice the number of elements, at most 250.</summary>
        [Hyperparameter(AtLeast = 1, Optional = true, Shared = true)]
        public int? max_cg { get; set; }
    }
}
