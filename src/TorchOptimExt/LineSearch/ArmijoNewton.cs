using TorchOptimExt.Parameters;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.LineSearch;

/// <summary>
/// Newton's method with Armijo's rule: the full step first, then backtracking until the loss falls enough against a model with curvature.
/// <code>
/// F(θ) = ±f(θ) + ½·Σ λ‖θ‖²,   g = ∇F,   H = ∇²F,   d = −lr · |H|⁻¹g (−lr · g where that does not descend)
/// m(α) = α·gᵀd + ½·b·α²·dᵀHd
/// accept α where m(α) &lt; 0 and F(θ + αd) ≤ F(θ) + c·m(α),   α = 1, β, β², …
/// θ ← θ + αd
/// </code>
/// </summary>
/// <remarks>
/// Up to max_exact elements in all, H = QΛQᵀ is computed exactly (one pass backwards through the gradient an element) and decomposed; |H| =
/// Q|Λ|Qᵀ is H where that is positive definite, and where it is not the direction leads away from the saddle or maximum (|λ| counts as at
/// least 1e-8 of the largest). Where the gradient vanishes but H has a negative eigenvalue, the step goes along its eigenvector, or reports
/// a saddle. Above, the direction comes from conjugate gradients on products of H with a vector, stopped at the residual min(0.5,
/// √‖g‖)·‖g‖ or at a direction of negative curvature, along which it goes as far as if that were positive; where the search along it fails,
/// that direction is tried by itself. <see cref="LineSearchOptimizer.LastStep"/> tells which of these happened. The loss must be
/// differentiable twice, and the closure must return the same loss for the same parameters: full batches. It leaves backward() to the
/// optimizer.
/// <para>Sources: J. Nocedal and S. Wright, "Numerical Optimization", 2006, algorithms 3.2 and 7.1; Y. N. Dauphin et al., "Identifying and
/// Attacking the Saddle Point Problem in High-Dimensional Non-Convex Optimization", 2014; L. Armijo, 1966; the condition with curvature is
/// known as "Armijo full relaxation".</para>
/// </remarks>
/// <example>
/// <code>
/// var optimizer = torch.optim.ArmijoNewton(model.parameters());
/// var result = optimizer.minimize(() => torch.nn.functional.mse_loss(model.forward(x), y), max_steps: 100);
/// Console.WriteLine($"{result.Outcome}: loss {result.Value}");
/// </code>
/// </example>
[Optimizer]
public sealed partial class ArmijoNewton : LineSearchOptimizer
{
    private new Options Settings => (Options)base.Settings;

    private protected override double[] InitialMemory() => [0];

    private protected override Tensor[] InitialTensors(Parameter parameter) => [];

    private protected override IStepMethod Method()
    {
        var settings = Settings;
        return new Descent(new NewtonDirections(settings, Sign, Memory[^1] > 0), (trials, origin, candidate, least) =>
            new ArmijoSearch(settings.c!.Value, settings.beta!.Value, settings.max_backtracks!.Value,
                Math.Max(least, settings.min_step!.Value))
                .Search(trials.Value, origin, candidate.Slope, candidate.First, candidate.Curvature));
    }

    /// <summary>The hyperparameters of a group: a learning rate and weight decay of its own; those of the search are the same for all. What
    /// is null takes the optimizer's.</summary>
    public sealed partial class Options : ArmijoOptions
    {
        /// <summary>The factor of Newton's step that is tried first, ≥ 0; 1 is Newton's method.</summary>
        [Hyperparameter(Default = 1.0, AtLeast = 0)]
        public override double? lr { get => base.lr; set => base.lr = value; }

        /// <summary>How much of the curvature the prediction contains; 0 ≤ b ≤ 1, and 0 for plain Armijo.</summary>
        [Hyperparameter(Default = 1.0, AtLeast = 0, AtMost = 1, Shared = true)]
        public double? b { get; set; }

        /// <summary>The largest number n of elements in all for which the Hessian is computed exactly, which takes 8·n² bytes; ≥
        /// 0.</summary>
        [Hyperparameter(Default = 512, AtLeast = 0, Shared = true)]
        public int? max_exact { get; set; }

        /// <summary>The most iterations of conjugate gradients; ≥ 1. Null takes twice the number of elements, at most 250.</summary>
        [Hyperparameter(AtLeast = 1, Optional = true, Shared = true)]
        public int? max_cg { get; set; }
    }
}
