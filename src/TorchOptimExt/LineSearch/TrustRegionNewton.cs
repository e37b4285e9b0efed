using TorchOptimExt.Parameters;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.LineSearch;

/// <summary>
/// Newton's method within a trust region: a step minimizes the quadratic model of the loss up to a radius, which follows how well the model
/// predicts.
/// <code>
/// F(θ) = ±f(θ) + ½·Σ λ‖θ‖²,   g = ∇F,   H = ∇²F,   p = argmin m(p) = gᵀp + ½·pᵀHp,   ‖p‖ ≤ radius
/// ρ = (F(θ) − F(θ + p)) / −m(p)
/// ρ &lt; ¼: radius ← ¼·min(radius, ‖p‖);   ρ &gt; ¾ and ‖p‖ = radius: radius ← min(2·radius, max_radius)
/// θ ← θ + p where ρ &gt; eta, else again with the new radius
/// </code>
/// Lengths are in units of the learning rates: p = lr·q, ‖q‖ ≤ radius.
/// </summary>
/// <remarks>
/// For few parameters and a smooth loss, the most robust: saddles, maxima and narrow valleys do not hold it. Up to max_exact elements in
/// all the model is minimized exactly by the eigenvalues of H, above by conjugate gradients on products of H with a vector. Where the
/// gradient vanishes but H has a negative eigenvalue, the step goes along its eigenvector, or reports a saddle. The closure must return the
/// same loss for the same parameters: full batches. The radius is part of the state.
/// <para>Sources: J. J. Moré and D. C. Sorensen, "Computing a Trust Region Step", 1983; T. Steihaug, "The Conjugate Gradient Method and
/// Trust Regions in Large Scale Optimization", 1983; J. Nocedal and S. Wright, "Numerical Optimization", 2006, algorithms 4.1, 4.3 and
/// 7.2; A. R. Conn, N. I. M. Gould and P. L. Toint, "Trust-Region Methods", 2000, section 17.2 (the first radius).</para>
/// </remarks>
/// <example>
/// <code>
/// var optimizer = torch.optim.TrustRegionNewton(model.parameters());
/// var result = optimizer.minimize(() => torch.nn.functional.mse_loss(model.forward(x), y), max_steps: 100);
/// Console.WriteLine($"{result.Outcome}: loss {result.Value}");
/// </code>
/// </example>
[Optimizer]
public sealed partial class TrustRegionNewton : LineSearchOptimizer
{
    private new Options Settings => (Options)base.Settings;

    private protected override double[] InitialMemory() => [Settings.radius ?? TrustRegion.Unknown, 0];

    private protected override Tensor[] InitialTensors(Parameter parameter) => [];

    private protected override IStepMethod Method() => new TrustRegion(Settings, Sign, Memory);

    /// <summary>The hyperparameters of a group: a learning rate and weight decay of its own; those of the trust region are the same for all
    /// groups. What is null takes the optimizer's.</summary>
    public sealed partial class Options : LineSearchOptions
    {
        /// <summary>The unit of the group's parameters in the trust region's radius, ≥ 0; 0 holds them where they are.</summary>
        [Hyperparameter(Default = 1.0, AtLeast = 0)]
        public override double? lr { get => base.lr; set => base.lr = value; }

        /// <summary>The radius of the first step; 0 &lt; radius ≤ max_radius. Null takes how far the model falls along −g, ‖g‖³/|gᵀHg|, at
        /// most max_radius.</summary>
        [Hyperparameter(Above = 0, Optional = true, Shared = true)]
        public double? radius { get; set; }

        /// <summary>The largest radius; ≥ radius.</summary>
        [Hyperparameter(Default = 1e10, Above = 0, Shared = true)]
        public double? max_radius { get; set; }

        /// <summary>A step is accepted where it reaches more than this fraction of the predicted decrease; 0 ≤ eta &lt; ¼.</summary>
        [Hyperparameter(Default = 1e-4, AtLeast = 0, Below = 0.25, Shared = true)]
        public double? eta { get; set; }

        /// <summary>The largest number n of elements in all for which the Hessian is computed exactly, which takes 8·n² bytes; ≥
        /// 0.</summary>
        [Hyperparameter(Default = 512, AtLeast = 0, Shared = true)]
        public int? max_exact { get; set; }

        /// <summary>The most iterations of conjugate gradients; ≥ 1. Null takes twice the number of elements, at most 250.</summary>
        [Hyperparameter(AtLeast = 1, Optional = true, Shared = true)]
        public int? max_cg { get; set; }

        /// <summary>The most radii that are tried in a step; ≥ 1.</summary>
        [Hyperparameter(Default = 10, AtLeast = 1, Shared = true)]
        public int? max_trials { get; set; }

        /// <summary>Checks that radius ≤ max_radius.</summary>
        /// <exception cref="ArgumentOutOfRangeException">radius is greater than max_radius.</exception>
        protected override void CheckTogether() => CheckAtMost(nameof(radius), radius, nameof(max_radius), max_radius);
    }
}
