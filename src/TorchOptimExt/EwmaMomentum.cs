using System.Runtime.CompilerServices;
using TorchOptimExt.Base;
using TorchOptimExt.Elementwise;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt;

/// <summary>
/// Gradient descent along an exponentially weighted moving average of the gradient.
/// <code>
/// v ← β v + (1 − β) g      from v = 0
/// θ ← θ − lr · v,          with bias correction θ − lr · v / (1 − βᵗ)      (t: the parameter's updates, from 1)
/// </code>
/// </summary>
/// <remarks>
/// Smooths the noise of mini-batches. lr keeps its scale whatever β is, other than with the momentum of <see cref="Fused.SGD"/>,
/// whose steady step is lr / (1 − μ); without bias correction the first steps are short, with it the first is a plain gradient step.
/// <para>Schedules that cycle the momentum (OneCycleLR, CyclicLR) drive β.</para>
/// <para>Source: B. T. Polyak, "Some methods of speeding up the convergence of iteration methods", 1964, with the average normalized; bias correction as in D. P. Kingma and J. Ba, ICLR 2015, section 3.</para>
/// </remarks>
public sealed class EwmaMomentum : ElementwiseOptimizer<EwmaMomentum.Options, EwmaMomentumRule>, optim.IMomentum
{
    private static readonly Hyperparameter Beta = Hyperparameter.FromZeroBelowOne("beta");

    /// <summary>An optimizer of these parameters.</summary>
    /// <param name="parameters">The parameters, each once, leaves of a real floating-point dtype.</param>
    /// <param name="lr">Learning rate, ≥ 0.</param>
    /// <param name="beta">β, the weight of the past in the average; 0 ≤ β &lt; 1. About 1 / (1 − β) gradients count.</param>
    /// <param name="bias_correction">Divide the average by the sum of its weights, which is below 1 in the first steps.</param>
    /// <exception cref="ArgumentOutOfRangeException">A hyperparameter is out of its range.</exception>
    /// <exception cref="ArgumentException">The list is empty, or holds a parameter twice, shared memory, a non-leaf, or a tensor that is not floating point.</exception>
    public EwmaMomentum(IEnumerable<Parameter> parameters, double lr, double beta = 0.9, bool bias_correction = false)
        : this([new ParamGroup(parameters)], lr, beta, bias_correction) { }

    /// <summary>An optimizer of these parameters, whose names appear in messages.</summary>
    /// <inheritdoc cref="EwmaMomentum(IEnumerable{Parameter}, double, double, bool)"/>
    public EwmaMomentum(IEnumerable<(string name, Parameter parameter)> parameters, double lr, double beta = 0.9, bool bias_correction = false)
        : base(Defaults(lr, beta, bias_correction)) => AddGroups([new ParamGroup(Named(parameters))]);

    /// <summary>An optimizer of these groups; what a group leaves open takes the values given here.</summary>
    /// <inheritdoc cref="EwmaMomentum(IEnumerable{Parameter}, double, double, bool)"/>
    public EwmaMomentum(IEnumerable<ParamGroup> parameters, double lr, double beta = 0.9, bool bias_correction = false)
        : base(Defaults(lr, beta, bias_correction)) => AddGroups(parameters);

    private static Options Defaults(double lr, double beta, bool bias_correction) => new() { LearningRate = lr, beta = beta, bias_correction = bias_correction };

    /// <summary>β of groups that are added from now on without their own; 0 ≤ β &lt; 1.</summary>
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
        return ([], [zeros(parameter.shape, parameter.dtype, parameter.device)]);
    }

    /// <inheritdoc/>
    protected override EwmaMomentumRule Rule(Options options, TensorState state)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(state);
        var beta = options.beta!.Value;
        return new(options.LearningRate!.Value / (options.bias_correction!.Value ? 1 - Math.Pow(beta, state.step + 1) : 1), beta);
    }

    /// <summary>The hyperparameters of a group.</summary>
    public sealed class Options : HyperparameterOptions
    {
        private static readonly Hyperparameter[] Rows = [Beta, Hyperparameter.Switch("bias_correction")];

        /// <inheritdoc/>
        protected override IReadOnlyList<Hyperparameter> Table => Rows;

        /// <summary>β, the weight of the past in the average; 0 ≤ β &lt; 1.</summary>
        public double? beta { get => this[0]; set => this[0] = value; }

        /// <summary>Divide the average by the sum of its weights.</summary>
        public bool? bias_correction { get => Switch(1); set => Switch(1, value); }
    }

    /// <summary>Parameters with hyperparameters of their own.</summary>
    public sealed class ParamGroup : ParamGroup<Options>, optim.IMomentum
    {
        /// <summary>A group; what is null takes the optimizer's value.</summary>
        /// <param name="parameters">The parameters, each once.</param>
        /// <param name="lr">Learning rate, ≥ 0.</param>
        /// <param name="beta">β, the weight of the past in the average; 0 ≤ β &lt; 1.</param>
        /// <param name="bias_correction">Divide the average by the sum of its weights.</param>
        public ParamGroup(IEnumerable<Parameter> parameters, double? lr = null, double? beta = null, bool? bias_correction = null)
            : base(parameters ?? throw new ArgumentNullException(nameof(parameters)), new Options { LearningRate = lr, beta = beta, bias_correction = bias_correction }) { }

        /// <summary>β, which schedules call the momentum. Not checked: TorchSharp's CyclicLR goes as far beyond max_momentum as base_momentum lies below, to 1 by default.</summary>
        public double Momentum { get => Options.beta!.Value; set => Options.beta = value; }
    }
}

/// <summary>The update of <see cref="EwmaMomentum"/>; its state is the moving average.</summary>
/// <param name="lr">The learning rate, divided by the bias correction if there is one.</param>
/// <param name="beta">β.</param>
public readonly struct EwmaMomentumRule(double lr, double beta) : IUpdateRule
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Apply<V>(ref V param, V grad, ref V average, ref V unused, ref V unused2) where V : struct, ILanes<V>
    {
        average = beta * average + (1 - beta) * grad;
        param -= lr * average;
    }
}
