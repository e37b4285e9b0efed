using System.Runtime.CompilerServices;
using TorchOptimExt.Parameters;
using TorchOptimExt.Rules;
using TorchOptimExt.Stepping;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.FirstOrder;

/// <summary>
/// Gradient descent along an exponentially weighted moving average of the gradient.
/// <code>
/// v ← β v + (1 − β) g      from v = 0
/// w ← β w + (1 − β)        from w = 0: the sum of the weights in v, 1 − βᵗ after t updates with the same β
/// θ ← θ − lr · v,          with bias correction θ − lr · v / w
/// </code>
/// </summary>
/// <remarks>
/// Smooths the noise of mini-batches. lr keeps its scale whatever β is, unlike with the momentum of <see cref="Fused.SGD"/>,
/// where a constant gradient leads to steps of lr / (1 − μ) times the gradient; without bias correction the first steps are short, with it the first is a plain gradient step.
/// <para>Schedules that cycle the momentum (OneCycleLR, CyclicLR) set β; the bias correction follows.</para>
/// <para>Source: B. T. Polyak, "Some methods of speeding up the convergence of iteration methods", 1964, with the average normalized; bias correction as in D. P. Kingma and J. Ba, ICLR 2015, section 3.</para>
/// </remarks>
/// <example>
/// <code>
/// var optimizer = torch.optim.EwmaMomentum(model.parameters(), lr: 0.1, beta: 0.9);
/// optimizer.zero_grad();
/// torch.nn.functional.mse_loss(model.forward(x), y).backward();
/// optimizer.step();
/// </code>
/// </example>
public sealed class EwmaMomentum : ElementwiseOptimizer<EwmaMomentum.Options, EwmaMomentumRule>, optim.IMomentum
{
    private static readonly Hyperparameter Beta = Hyperparameter.FromZeroBelowOne("beta") with { IsScheduled = true };

    /// <summary>Creates an optimizer for these parameters.</summary>
    /// <param name="parameters">The parameters, each once, leaves of a real floating-point dtype.</param>
    /// <param name="lr">Learning rate, ≥ 0.</param>
    /// <param name="beta">β, the weight of the past in the average; 0 ≤ β &lt; 1. About 1 / (1 − β) gradients count.</param>
    /// <param name="bias_correction">Whether to divide the average by the sum of its weights, which is below 1 in the first steps.</param>
    /// <exception cref="ArgumentNullException"><paramref name="parameters"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A hyperparameter is out of its range; NaN and infinity always are.</exception>
    /// <exception cref="ArgumentException">The list is empty, or holds a null, a parameter twice, two that share memory, a non-leaf, or one that is not of a real floating-point dtype.</exception>
    public EwmaMomentum(IEnumerable<Parameter> parameters, double lr, double beta = 0.9, bool bias_correction = false)
        : this([new ParamGroup(parameters)], lr, beta, bias_correction) { }

    /// <summary>Creates an optimizer for these parameters; error messages use their names.</summary>
    /// <param name="parameters">The parameters with their names, as <c>named_parameters()</c> of a module gives them.</param>
    /// <inheritdoc cref="EwmaMomentum(IEnumerable{Parameter}, double, double, bool)"/>
    public EwmaMomentum(IEnumerable<(string name, Parameter parameter)> parameters, double lr, double beta = 0.9, bool bias_correction = false)
        : base(Defaults(lr, beta, bias_correction)) => AddGroups([new ParamGroup(Named(parameters))]);

    /// <summary>Creates an optimizer for these parameter groups; what a group leaves null takes the values given here.</summary>
    /// <param name="parameters">The groups, at least one, each with options of its own.</param>
    /// <exception cref="ArgumentException">A group has no parameters, its options belong to another optimizer, or it shares a parameter or memory with another.</exception>
    /// <inheritdoc cref="EwmaMomentum(IEnumerable{Parameter}, double, double, bool)"/>
    public EwmaMomentum(IEnumerable<ParamGroup> parameters, double lr, double beta = 0.9, bool bias_correction = false)
        : base(Defaults(lr, beta, bias_correction)) => AddGroups(parameters);

    private static Options Defaults(double lr, double beta, bool bias_correction) => new() { LearningRate = lr, beta = beta, bias_correction = bias_correction };

    /// <summary>The β that groups take which are added from now on without their own; 0 ≤ β &lt; 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">β is out of its range.</exception>
    public double Momentum
    {
        get => ((Options)_defaults).beta!.Value;
        set
        {
            Beta.Check(value);
            ((Options)_defaults).beta = value;
        }
    }

    /// <inheritdoc/>
    protected override (double[] numbers, Tensor[] tensors) InitialState(Parameter parameter, OptimizerOptions options)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        return ([0], [zeros(parameter.shape, parameter.dtype, parameter.device)]);      // the number: the sum of the weights in the average
    }

    /// <inheritdoc/>
    protected override EwmaMomentumRule Rule(Options options, TensorState state)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(state);
        var (lr, weight) = (options.LearningRate!.Value, Weight(options, state));
        return new(!options.bias_correction!.Value ? lr : weight > 0 ? lr / weight : 0, options.beta!.Value);      // nothing in the average is no step
    }

    /// <inheritdoc/>
    protected override void Updated(Options options, TensorState state)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(state);
        state.numbers[0] = Weight(options, state);
    }

    private static double Weight(Options options, TensorState state) => options.beta!.Value * state.numbers[0] + (1 - options.beta!.Value);

    /// <summary>The hyperparameters of a group; its learning rate is <c>LearningRate</c> (≥ 0). What is null takes the optimizer's.</summary>
    public sealed class Options : HyperparameterOptions
    {
        private static readonly Hyperparameter[] Rows = [Beta, Hyperparameter.Switch("bias_correction")];

        /// <inheritdoc/>
        protected override IReadOnlyList<Hyperparameter> Table => Rows;

        /// <summary>β, the weight of the past in the average; 0 ≤ β &lt; 1, null takes the optimizer's.</summary>
        public double? beta { get => this[0]; set => this[0] = value; }

        /// <summary>Whether to divide the average by the sum of its weights; null takes the optimizer's.</summary>
        public bool? bias_correction { get => Switch(1); set => Switch(1, value); }
    }

    /// <summary>A group of parameters with hyperparameters of its own.</summary>
    public sealed class ParamGroup : ParamGroup<Options>, optim.IMomentum
    {
        /// <summary>Creates a group. Ranges are checked when an optimizer takes it.</summary>
        /// <param name="parameters">The parameters, each once.</param>
        /// <param name="lr">Learning rate, ≥ 0; null takes the optimizer's.</param>
        /// <param name="beta">β, the weight of the past in the average; 0 ≤ β &lt; 1, null takes the optimizer's.</param>
        /// <param name="bias_correction">Whether to divide the average by the sum of its weights; null takes the optimizer's.</param>
        /// <exception cref="ArgumentNullException"><paramref name="parameters"/> is null.</exception>
        public ParamGroup(IEnumerable<Parameter> parameters, double? lr = null, double? beta = null, bool? bias_correction = null)
            : base(parameters ?? throw new ArgumentNullException(nameof(parameters)), new Options { LearningRate = lr, beta = beta, bias_correction = bias_correction }) { }

        /// <summary>The group's β, which schedules call the momentum. It is not checked: TorchSharp's CyclicLR goes as far beyond max_momentum as base_momentum lies below, to 1 by default.</summary>
        /// <exception cref="InvalidOperationException">It was left null and no optimizer has taken the group yet.</exception>
        public double Momentum { get => Options.beta!.Value; set => Options.beta = value; }
    }
}

/// <summary>The update of <see cref="EwmaMomentum"/>; its state is the moving average.</summary>
/// <param name="lr">The learning rate, divided by the bias correction if there is one.</param>
/// <param name="beta">β, the weight of the past in the average.</param>
public readonly struct EwmaMomentumRule(double lr, double beta) : IUpdateRule
{
    /// <inheritdoc/>
    /// <param name="average">The moving average, updated in place.</param>
    /// <param name="unused">Not used.</param>
    /// <param name="unused2">Not used.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Apply<V>(ref V param, V grad, ref V average, ref V unused, ref V unused2) where V : struct, ILanes<V>
    {
        average = beta * average + (1 - beta) * grad;
        param -= lr * average;
    }
}
