using Microsoft.Extensions.Logging;
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
public sealed class ArmijoNewton : LineSearchOptimizer
{
    /// <summary>Creates an optimizer for these parameters.</summary>
    /// <param name="parameters">The parameters, each once, leaves of a real floating-point dtype.</param>
    /// <param name="lr">The factor of Newton's step that is tried first, ≥ 0; 1 is Newton's method.</param>
    /// <param name="c">The fraction of the predicted decrease that must be reached; 0 &lt; c &lt; 1.</param>
    /// <param name="b">How much of the curvature the prediction contains; 0 ≤ b ≤ 1, and 0 for plain Armijo.</param>
    /// <param name="beta">β, by which a refused α is multiplied; 0 &lt; β &lt; 1.</param>
    /// <param name="max_backtracks">The most reductions of α in a step; ≥ 0.</param>
    /// <param name="min_step">The smallest α that is tried; &gt; 0.</param>
    /// <param name="max_exact">The largest number n of elements in all for which the Hessian is computed exactly, which takes 8·n² bytes; ≥ 0.</param>
    /// <param name="max_cg">The most iterations of conjugate gradients; ≥ 1. Null takes twice the number of elements, at most 250.</param>
    /// <param name="weight_decay">Weight decay λ, ≥ 0: ½·λ‖θ‖² is added to what is minimized.</param>
    /// <param name="maximize">Whether to maximize the objective instead of minimizing it.</param>
    /// <param name="tolerance_grad">max|g| up to which a step reports convergence and moves nothing; ≥ 0. Null takes 1e-8 where all parameters are float64, else 1e-5.</param>
    /// <param name="tolerance_change">The change of F, in units of max(1, |F|), up to which an accepted step reports convergence; ≥ 0. Null takes the machine epsilon of the coarsest dtype among the parameters.</param>
    /// <param name="logger">Receives one debug message a step; null for none.</param>
    /// <exception cref="ArgumentNullException"><paramref name="parameters"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A hyperparameter is out of its range; NaN and infinity always are.</exception>
    /// <exception cref="ArgumentException">The list is empty, or holds a null, a parameter twice, two that share memory, a non-leaf, or one that is not of a real floating-point dtype.</exception>
    public ArmijoNewton(IEnumerable<Parameter> parameters, double lr = 1.0, double c = 1e-4, double b = 1.0, double beta = 0.5, int max_backtracks = 30, double min_step = 1e-12, int max_exact = 512, int? max_cg = null, double weight_decay = 0, bool maximize = false, double? tolerance_grad = null, double? tolerance_change = null, ILogger? logger = null)
        : base(Defaults(lr, c, b, beta, max_backtracks, min_step, max_exact, max_cg, weight_decay, maximize, tolerance_grad, tolerance_change), logger) => AddGroup<Options>(parameters);

    /// <summary>Creates an optimizer for these parameters; error messages use their names.</summary>
    /// <param name="parameters">The parameters with their names, as <c>named_parameters()</c> of a module gives them.</param>
    /// <inheritdoc cref="ArmijoNewton(IEnumerable{Parameter}, double, double, double, double, int, double, int, int?, double, bool, double?, double?, ILogger?)"/>
    public ArmijoNewton(IEnumerable<(string name, Parameter parameter)> parameters, double lr = 1.0, double c = 1e-4, double b = 1.0, double beta = 0.5, int max_backtracks = 30, double min_step = 1e-12, int max_exact = 512, int? max_cg = null, double weight_decay = 0, bool maximize = false, double? tolerance_grad = null, double? tolerance_change = null, ILogger? logger = null)
        : base(Defaults(lr, c, b, beta, max_backtracks, min_step, max_exact, max_cg, weight_decay, maximize, tolerance_grad, tolerance_change), logger) => AddGroup<Options>(parameters);

    /// <summary>Creates an optimizer for these parameter groups; what a group leaves null takes the values given here.</summary>
    /// <param name="parameters">The groups, at least one, each with options of its own.</param>
    /// <exception cref="ArgumentException">A group has no parameters, its options belong to another optimizer, or it shares a parameter or memory with another.</exception>
    /// <inheritdoc cref="ArmijoNewton(IEnumerable{Parameter}, double, double, double, double, int, double, int, int?, double, bool, double?, double?, ILogger?)"/>
    public ArmijoNewton(IEnumerable<ParamGroup<Options>> parameters, double lr = 1.0, double c = 1e-4, double b = 1.0, double beta = 0.5, int max_backtracks = 30, double min_step = 1e-12, int max_exact = 512, int? max_cg = null, double weight_decay = 0, bool maximize = false, double? tolerance_grad = null, double? tolerance_change = null, ILogger? logger = null)
        : base(Defaults(lr, c, b, beta, max_backtracks, min_step, max_exact, max_cg, weight_decay, maximize, tolerance_grad, tolerance_change), logger) => AddGroups(parameters);

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

    private protected override ArmijoSearch Search() => new(Settings.c!.Value, Settings.beta!.Value, (int)Settings.max_backtracks!.Value, Settings.min_step!.Value);

    private static (Func<Tensor, Tensor> times, Tensor? vector, DirectionKind kind, double shift) Exact(Hessian hessian, IReadOnlyList<Leg> legs)
    {
        var matrix = hessian.Matrix();
        var (vector, shift) = ExactNewton.Solve(matrix, Flat(legs, leg => leg.Gradient));
        return (matrix.mv, vector, shift == 0 ? DirectionKind.Newton : DirectionKind.ShiftedNewton, shift);
    }

    private (Func<Tensor, Tensor> times, Tensor? vector, DirectionKind kind, double shift) Truncated(Hessian hessian, IReadOnlyList<Leg> legs)
    {
        var iterations = (int)(Settings.max_cg ?? Math.Min(2 * hessian.Size, 250));
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

    private static Options Defaults(double lr, double c, double b, double beta, int max_backtracks, double min_step, int max_exact, int? max_cg, double weight_decay, bool maximize, double? tolerance_grad, double? tolerance_change) => new()
    {
        LearningRate = lr,
        c = c,
        b = b,
        beta = beta,
        max_backtracks = max_backtracks,
        min_step = min_step,
        max_exact = max_exact,
        max_cg = max_cg,
        weight_decay = weight_decay,
        maximize = maximize,
        tolerance_grad = tolerance_grad,
        tolerance_change = tolerance_change,
    };

    /// <summary>The hyperparameters of a group: learning rate and weight decay. Those of the search come from the optimizer's arguments. What is null takes the optimizer's.</summary>
    public sealed class Options : LineSearchOptions
    {
        private static readonly Hyperparameter[] Rows =
            [.. Shared, Hyperparameter.FromZeroToOne("b"), Hyperparameter.Whole("max_exact", 0), Hyperparameter.Whole("max_cg", 1) with { IsOptional = true }];

        /// <inheritdoc/>
        protected override IReadOnlyList<Hyperparameter> Table => Rows;

        internal double? b { get => this[8]; set => this[8] = value; }

        internal double? max_exact { get => this[9]; set => this[9] = value; }

        internal double? max_cg { get => this[10]; set => this[10] = value; }
    }
}
