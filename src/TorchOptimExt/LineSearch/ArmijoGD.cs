using Microsoft.Extensions.Logging;
using TorchOptimExt.Parameters;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.LineSearch;

/// <summary>
/// Gradient descent whose step size is found by Armijo's rule: from a first trial, α is reduced until the loss falls enough.
/// <code>
/// F(θ) = ±f(θ) + ½·Σ λ‖θ‖²,   g = ∇F,   p = g + momentum · p_prev (−g where that does not descend),   d = −lr · p
/// accept α where F(θ + αd) ≤ R + c·α·gᵀd,   R = F(θ), or the largest of the last `history` values
/// otherwise α ← β·α, or by interpolation
/// θ ← θ + αd
/// </code>
/// </summary>
/// <remarks>
/// For full batches, and with <see cref="FirstTrial.Grow"/> for mini-batches of 512 or more: no learning rate is tuned. A step costs one backward
/// pass and 1 + trials forward passes. The closure computes and returns the loss and leaves backward() to the optimizer.
/// <para>Some texts print the condition for ascent, with "≥" and without the square of the gradient's norm; for descent it is as above.</para>
/// <para>Sources: L. Armijo, "Minimization of functions having Lipschitz continuous first partial derivatives", 1966; S. Vaswani et al., "Painless Stochastic
/// Gradient: Interpolation, Line-Search, and Convergence Rates", 2019, algorithm 1 (Grow); L. Grippo, F. Lampariello, S. Lucidi, "A Nonmonotone Line
/// Search Technique for Newton's Method", 1986 (history).</para>
/// </remarks>
/// <example>
/// <code>
/// var optimizer = torch.optim.ArmijoGD(model.parameters());
/// optimizer.step(() => torch.nn.functional.mse_loss(model.forward(x), y)).Dispose();
/// Console.WriteLine($"{optimizer.LastStep!.Outcome}: loss {optimizer.LastStep.After}");
/// </code>
/// </example>
public sealed class ArmijoGD : LineSearchOptimizer, optim.IMomentum
{
    private static readonly Hyperparameter MomentumRange = Hyperparameter.FromZeroBelowOne("momentum") with { IsScheduled = true };

    /// <summary>Creates an optimizer for these parameters.</summary>
    /// <param name="parameters">The parameters, each once, leaves of a real floating-point dtype.</param>
    /// <param name="lr">Learning rate, ≥ 0: α = 1 is a step of plain gradient descent with this rate.</param>
    /// <param name="c">The fraction of the predicted decrease that must be reached; 0 &lt; c &lt; 1.</param>
    /// <param name="beta">β, by which a refused α is multiplied; 0 &lt; β &lt; 1.</param>
    /// <param name="max_backtracks">The most reductions of α in a step; ≥ 0.</param>
    /// <param name="min_step">The smallest α that is tried; 0 &lt; min_step ≤ max_step.</param>
    /// <param name="interpolation">How α is reduced: by the factor β, or by the minimizer of a parabola or cubic.</param>
    /// <param name="first_trial">Which α a step tries first: 1, the last accepted one, or that times growth.</param>
    /// <param name="growth">The factor of the last accepted α with <see cref="FirstTrial.Grow"/>; &gt; 1.</param>
    /// <param name="max_step">The largest α that is tried; ≥ min_step.</param>
    /// <param name="history">The decrease is measured from the largest of so many values of F, the present one included; ≥ 1. With 1 every accepted step lowers F.</param>
    /// <param name="momentum">The factor of the previous direction, which is added to the gradient; 0 ≤ momentum &lt; 1.</param>
    /// <param name="weight_decay">Weight decay λ, ≥ 0: ½·λ‖θ‖² is added to what is minimized.</param>
    /// <param name="maximize">Whether to maximize the objective instead of minimizing it.</param>
    /// <param name="tolerance_grad">max|g| up to which a step reports convergence and moves nothing; ≥ 0. Null takes 1e-8 where all parameters are float64, else 1e-5.</param>
    /// <param name="tolerance_change">The change of F, in units of max(1, |F|), up to which an accepted step reports convergence; ≥ 0. Null takes the machine epsilon of the coarsest dtype among the parameters.</param>
    /// <param name="logger">Receives one debug message a step; null for none.</param>
    /// <exception cref="ArgumentNullException"><paramref name="parameters"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A hyperparameter is out of its range; NaN and infinity always are.</exception>
    /// <exception cref="ArgumentException">The list is empty, or holds a null, a parameter twice, two that share memory, a non-leaf, or one that is not of a real floating-point dtype.</exception>
    public ArmijoGD(IEnumerable<Parameter> parameters, double lr = 1.0, double c = 1e-4, double beta = 0.5, int max_backtracks = 30, double min_step = 1e-12, Interpolation interpolation = Interpolation.None, FirstTrial first_trial = FirstTrial.Restart, double growth = 2, double max_step = 10, int history = 1, double momentum = 0, double weight_decay = 0, bool maximize = false, double? tolerance_grad = null, double? tolerance_change = null, ILogger? logger = null)
        : base(Defaults(lr, c, beta, max_backtracks, min_step, interpolation, first_trial, growth, max_step, history, momentum, weight_decay, maximize, tolerance_grad, tolerance_change), logger) => add_param_group(new ParamGroup(parameters));

    /// <summary>Creates an optimizer for these parameters; error messages use their names.</summary>
    /// <param name="parameters">The parameters with their names, as <c>named_parameters()</c> of a module gives them.</param>
    /// <inheritdoc cref="ArmijoGD(IEnumerable{Parameter}, double, double, double, int, double, Interpolation, FirstTrial, double, double, int, double, double, bool, double?, double?, ILogger?)"/>
    public ArmijoGD(IEnumerable<(string name, Parameter parameter)> parameters, double lr = 1.0, double c = 1e-4, double beta = 0.5, int max_backtracks = 30, double min_step = 1e-12, Interpolation interpolation = Interpolation.None, FirstTrial first_trial = FirstTrial.Restart, double growth = 2, double max_step = 10, int history = 1, double momentum = 0, double weight_decay = 0, bool maximize = false, double? tolerance_grad = null, double? tolerance_change = null, ILogger? logger = null)
        : base(Defaults(lr, c, beta, max_backtracks, min_step, interpolation, first_trial, growth, max_step, history, momentum, weight_decay, maximize, tolerance_grad, tolerance_change), logger) => add_param_group(new ParamGroup(Named(parameters)));

    /// <summary>Creates an optimizer for these parameter groups; what a group leaves null takes the values given here.</summary>
    /// <param name="parameters">The groups, at least one, each with options of its own.</param>
    /// <exception cref="ArgumentException">A group has no parameters, its options belong to another optimizer, or it shares a parameter or memory with another.</exception>
    /// <inheritdoc cref="ArmijoGD(IEnumerable{Parameter}, double, double, double, int, double, Interpolation, FirstTrial, double, double, int, double, double, bool, double?, double?, ILogger?)"/>
    public ArmijoGD(IEnumerable<ParamGroup> parameters, double lr = 1.0, double c = 1e-4, double beta = 0.5, int max_backtracks = 30, double min_step = 1e-12, Interpolation interpolation = Interpolation.None, FirstTrial first_trial = FirstTrial.Restart, double growth = 2, double max_step = 10, int history = 1, double momentum = 0, double weight_decay = 0, bool maximize = false, double? tolerance_grad = null, double? tolerance_change = null, ILogger? logger = null)
        : base(Defaults(lr, c, beta, max_backtracks, min_step, interpolation, first_trial, growth, max_step, history, momentum, weight_decay, maximize, tolerance_grad, tolerance_change), logger) => AddGroups(parameters);

    /// <summary>The momentum that groups take which are added from now on without their own; 0 ≤ momentum &lt; 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The momentum is out of its range.</exception>
    public double Momentum
    {
        get => Default.momentum!.Value;
        set
        {
            MomentumRange.Check(value);
            Default.momentum = value;
        }
    }

    private Options Default => (Options)_defaults;

    private new Options Settings => (Options)base.Settings;

    // The first parameter's numbers are the search's: the last accepted α (0 before one), then earlier values of F, latest first.
    private double[] Memory => StateOf(_parameter_groups[0].Parameters.First()).numbers;

    /// <inheritdoc/>
    protected override (double[] numbers, Tensor[] tensors) InitialState(Parameter parameter, OptimizerOptions options)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        using var quiet = no_grad();
        var memory = new double[Settings.history is { } length && IsFirst(parameter) ? (int)length : 0];
        if (memory.Length > 1) memory.AsSpan(1).Fill(double.NaN);
        return (memory, [zeros(parameter.shape, parameter.dtype, parameter.device)]);
    }

    private bool IsFirst(Parameter parameter) => _parameter_groups[0].Parameters.First().Handle == parameter.Handle;

    private protected override IReadOnlyList<Tensor?> Differentiate(Tensor loss, IReadOnlyList<Parameter> parameters)
    {
        loss.backward();
        return [.. parameters.Select(p => p.grad)];
    }

    private protected override SearchDirection Direct(IReadOnlyList<Leg> legs)
    {
        var kind = DirectionKind.NegativeGradient;
        foreach (var leg in legs)
        {
            leg.Scale = -leg.Options.LearningRate!.Value;
            if (MomentumOf(leg) is not (not 0 and var momentum)) continue;
            leg.Direction = leg.State.tensors[0].mul(momentum).add_(leg.Gradient);
            kind = DirectionKind.Momentum;
        }
        var slope = legs.Sum(leg => leg.Slope);
        if (kind == DirectionKind.NegativeGradient || slope < 0) return new(kind, slope);
        foreach (var leg in legs) leg.Direction = leg.Gradient;
        return new(DirectionKind.NegativeGradient, legs.Sum(leg => leg.Slope));
    }

    private protected override ArmijoSearch Search() =>
        new(Settings.c!.Value, Settings.beta!.Value, (int)Settings.max_backtracks!.Value, Settings.min_step!.Value, (Interpolation)Settings.interpolation!.Value);

    private protected override double FirstStep() => Math.Min(Settings.max_step!.Value, ((FirstTrial)Settings.first_trial!.Value, Memory[0]) switch
    {
        (FirstTrial.Keep, > 0 and var last) => last,
        (FirstTrial.Grow, > 0 and var last) => last * Settings.growth!.Value,
        _ => 1,
    });

    private protected override double Reference(double before) => Memory.Skip(1).Where(value => !double.IsNaN(value)).Append(before).Max();

    private protected override void Accept(IReadOnlyList<Leg> legs, LineSearchStep step)
    {
        var memory = Memory;
        for (var k = memory.Length - 1; k > 1; k--) memory[k] = memory[k - 1];
        if (memory.Length > 1) memory[1] = step.Before;
        memory[0] = step.Step;
        foreach (var leg in legs)
            if (MomentumOf(leg) != 0) leg.State.tensors[0].copy_(leg.Direction);
    }

    private static double MomentumOf(Leg leg) => ((Options)leg.Options).momentum!.Value;

    private static Options Defaults(double lr, double c, double beta, int max_backtracks, double min_step, Interpolation interpolation, FirstTrial first_trial, double growth, double max_step, int history, double momentum, double weight_decay, bool maximize, double? tolerance_grad, double? tolerance_change) => new()
    {
        LearningRate = lr,
        c = c,
        beta = beta,
        max_backtracks = max_backtracks,
        min_step = min_step,
        interpolation = (int)interpolation,
        first_trial = (int)first_trial,
        growth = growth,
        max_step = max_step,
        history = history,
        momentum = momentum,
        weight_decay = weight_decay,
        maximize = maximize,
        tolerance_grad = tolerance_grad,
        tolerance_change = tolerance_change,
    };

    /// <summary>The hyperparameters of a group: learning rate, momentum and weight decay. Those of the search come from the optimizer's arguments. What is null takes the optimizer's.</summary>
    public sealed class Options : LineSearchOptions
    {
        private static readonly Hyperparameter[] Rows =
        [
            .. Shared, MomentumRange, ArmijoSearch.How, Hyperparameter.OneOf<FirstTrial>("first_trial"),
            Hyperparameter.AboveOne("growth"), Hyperparameter.Positive("max_step"), Hyperparameter.Whole("history", 1),
        ];

        /// <inheritdoc/>
        protected override IReadOnlyList<Hyperparameter> Table => Rows;

        /// <summary>The factor of the previous direction, which is added to the gradient; 0 ≤ momentum &lt; 1, null takes the optimizer's.</summary>
        public double? momentum { get => this[8]; set => this[8] = value; }

        internal double? interpolation { get => this[9]; set => this[9] = value; }

        internal double? first_trial { get => this[10]; set => this[10] = value; }

        internal double? growth { get => this[11]; set => this[11] = value; }

        internal double? max_step { get => this[12]; set => this[12] = value; }

        internal double? history { get => this[13]; set => this[13] = value; }

        /// <summary>Checks that min_step ≤ max_step.</summary>
        /// <exception cref="ArgumentOutOfRangeException">min_step is greater than max_step.</exception>
        protected override void CheckTogether() => CheckAtMost(nameof(min_step), min_step, nameof(max_step), max_step);
    }

    /// <summary>A group of parameters with a learning rate, momentum and weight decay of its own.</summary>
    public sealed class ParamGroup : ParamGroup<Options>, optim.IMomentum
    {
        /// <summary>Creates a group without parameters and options; set the parameters before an optimizer takes it.</summary>
        public ParamGroup() { }

        /// <summary>Creates a group. Ranges are checked when an optimizer takes it.</summary>
        /// <param name="parameters">The parameters, each once.</param>
        /// <param name="options">The group's hyperparameters; null, and what is null in them, takes the optimizer's.</param>
        /// <exception cref="ArgumentNullException"><paramref name="parameters"/> is null.</exception>
        public ParamGroup(IEnumerable<Parameter> parameters, Options? options = null) : base(parameters ?? throw new ArgumentNullException(nameof(parameters)), options ?? new Options()) { }

        /// <summary>The group's momentum, which schedules set. It is not checked: TorchSharp's CyclicLR goes as far beyond max_momentum as base_momentum lies below, to 1 by default.</summary>
        /// <exception cref="InvalidOperationException">It was left null and no optimizer has taken the group yet.</exception>
        public double Momentum { get => Options.momentum!.Value; set => Options.momentum = value; }
    }
}
