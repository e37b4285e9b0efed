using TorchOptimExt.Parameters;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.LineSearch;

/// <summary>
/// Gradient descent whose step size is found by Armijo's rule: from a first trial, α is reduced until the loss falls enough.
/// <code>
/// F(θ) = ±f(θ) + ½·Σ λ‖θ‖²,   g = ∇F,   p = g + momentum · p_prev (g where that does not descend, or its search fails),   d = −lr · p
/// accept α where F(θ + αd) ≤ R + c·α·gᵀd,   R = F(θ), or the largest of the last `history` values
/// otherwise α ← β·α, or by interpolation
/// θ ← θ + αd
/// </code>
/// </summary>
/// <remarks>
/// For full batches, and with <see cref="FirstTrial.Grow"/> for mini-batches of 512 or more: no learning rate is tuned. A step costs one
/// backward pass and 1 + trials forward passes. The closure computes and returns the loss and leaves backward() to the optimizer.
/// <para>Some texts print the condition for ascent, with "≥" and without the square of the gradient's norm; for descent it is as
/// above.</para>
/// <para>Sources: L. Armijo, "Minimization of functions having Lipschitz continuous first partial derivatives", 1966; S. Vaswani et al.,
/// "Painless Stochastic Gradient: Interpolation, Line-Search, and Convergence Rates", 2019, algorithm 1 (Grow); L. Grippo, F. Lampariello,
/// S. Lucidi, "A Nonmonotone Line Search Technique for Newton's Method", 1986 (history).</para>
/// </remarks>
/// <example>
/// <code>
/// var optimizer = torch.optim.ArmijoGD(model.parameters());
/// optimizer.step(() => torch.nn.functional.mse_loss(model.forward(x), y)).Dispose();
/// Console.WriteLine($"{optimizer.LastStep!.Outcome}: loss {optimizer.LastStep.After}");
/// </code>
/// </example>
[Optimizer]
public sealed partial class ArmijoGD : LineSearchOptimizer
{
    private new Options Settings => (Options)base.Settings;

    private protected override double[] InitialMemory() => DescentMemory.Numbers(Settings.history!.Value);

    // The previous direction.
    private protected override Tensor[] InitialTensors(Parameter parameter) => [zeros(parameter.shape, parameter.dtype, parameter.device)];

    private protected override IStepMethod Method()
    {
        var settings = Settings;
        return new Descent(new GradientDirections(settings, new(Memory, settings.history!.Value)), (trials, origin, candidate, least) =>
            new ArmijoSearch(settings.c!.Value, settings.beta!.Value, settings.max_backtracks!.Value,
                Math.Max(least, settings.min_step!.Value), settings.interpolation!.Value)
                .Search(trials.Value, origin, candidate.Slope, candidate.First, candidate.Curvature, candidate.Reference));
    }

    /// <summary>The hyperparameters of a group: a learning rate, momentum and weight decay of its own; those of the search are the same for
    /// all. What is null takes the optimizer's.</summary>
    public sealed partial class Options : ArmijoOptions
    {
        /// <summary>Learning rate, ≥ 0: α = 1 is a step of plain gradient descent with this rate.</summary>
        [Hyperparameter(Default = 1.0, AtLeast = 0)]
        public override double? lr { get => base.lr; set => base.lr = value; }

        /// <summary>How α is reduced: by the factor β, or by the minimizer of a parabola or cubic.</summary>
        [Hyperparameter(Default = Interpolation.None, Shared = true)]
        public Interpolation? interpolation { get; set; }

        /// <summary>Which α a step tries first: 1, the last accepted one, that times growth, or one from the last decrease or
        /// curvature.</summary>
        [Hyperparameter(Default = FirstTrial.Restart, Shared = true)]
        public FirstTrial? first_trial { get; set; }

        /// <summary>The factor of the last accepted α with <see cref="FirstTrial.Grow"/> and <see cref="FirstTrial.Keep"/>; &gt;
        /// 1.</summary>
        [Hyperparameter(Default = 2, Above = 1, Shared = true)]
        public double? growth { get; set; }

        /// <summary>The largest α that is tried; ≥ min_step.</summary>
        [Hyperparameter(Default = 10, Above = 0, Shared = true)]
        public double? max_step { get; set; }

        /// <summary>The decrease is measured from the largest of so many values of F, the present one included; from 1 to 1,000,000. It
        /// holds for searches along −g; one along a momentum is measured from the present value. With 1 every accepted step lowers
        /// F.</summary>
        [Hyperparameter(Default = 1, AtLeast = 1, AtMost = 1e6, Shared = true, Fixed = true)]
        public int? history { get; set; }

        /// <summary>The factor of the previous direction, which is added to the gradient; 0 ≤ momentum &lt; 1.</summary>
        [Hyperparameter(Default = 0, AtLeast = 0, Below = 1, Momentum = true)]
        public double? momentum { get; set; }

        /// <summary>Checks that min_step ≤ max_step.</summary>
        /// <exception cref="ArgumentOutOfRangeException">min_step is greater than max_step.</exception>
        protected override void CheckTogether() => CheckAtMost(nameof(min_step), min_step, nameof(max_step), max_step);
    }
}
