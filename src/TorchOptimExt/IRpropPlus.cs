using TorchOptimExt.Base;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt;

/// <summary>
/// iRprop⁺, improved resilient propagation: as <see cref="RpropPlus"/>, but where the gradient changed its sign the last
/// step is taken back only if the loss rose since the step before.
/// <code>
/// Δ′ ← clamp(Δ · f, min_step, max_step),  f = η⁺ where g · p &gt; 0,  η⁻ where g · p &lt; 0,  1 where g · p = 0
/// where g · p &lt; 0:   θ ← θ + sign(p) · Δ if f(θₜ) &gt; f(θₜ₋₁),   p ← 0
/// elsewhere:         θ ← θ − sign(g) · Δ′,  p ← g
/// Δ ← Δ′
/// </code>
/// </summary>
/// <remarks>
/// For full batches; usually the fastest of the four. Needs a closure, whose loss decides. It is compared on the host: alone among
/// the first-order optimizers its step waits for another device to compute the loss.
/// <para>Source: C. Igel and M. Hüsken, "Empirical evaluation of the improved Rprop learning algorithms", Neurocomputing 50, 2003, section 2.2 (iRprop⁺).</para>
/// </remarks>
public sealed class IRpropPlus : RpropVariant<RpropPlusRule>
{
    private double loss = double.NaN;

    /// <summary>An optimizer of these parameters.</summary>
    /// <param name="parameters">The parameters, each once, leaves of a real floating-point dtype.</param>
    /// <param name="lr">The first step size of every element, in units of the parameter, ≥ 0; clamped to [min_step, max_step] from the first step on.</param>
    /// <param name="etaminus">η⁻, the factor where the gradient changed its sign; 0 &lt; η⁻ &lt; 1.</param>
    /// <param name="etaplus">η⁺, the factor where it kept its sign; η⁺ &gt; 1.</param>
    /// <param name="min_step">The smallest step size, in units of the parameter; 0 &lt; min_step ≤ max_step.</param>
    /// <param name="max_step">The largest step size.</param>
    /// <param name="maximize">Maximize the objective instead of minimizing it.</param>
    /// <exception cref="ArgumentOutOfRangeException">A hyperparameter is out of its range.</exception>
    /// <exception cref="ArgumentException">The list is empty, or holds a parameter twice, shared memory, a non-leaf, or a tensor that is not floating point.</exception>
    public IRpropPlus(IEnumerable<Parameter> parameters, double lr = 0.01, double etaminus = 0.5, double etaplus = 1.2, double min_step = 1e-6, double max_step = 50, bool maximize = false)
        : base(Defaults(lr, etaminus, etaplus, min_step, max_step, maximize)) => AddGroup<RpropOptions>(parameters);

    /// <summary>An optimizer of these parameters, whose names appear in messages.</summary>
    /// <inheritdoc cref="IRpropPlus(IEnumerable{Parameter}, double, double, double, double, double, bool)"/>
    public IRpropPlus(IEnumerable<(string name, Parameter parameter)> parameters, double lr = 0.01, double etaminus = 0.5, double etaplus = 1.2, double min_step = 1e-6, double max_step = 50, bool maximize = false)
        : base(Defaults(lr, etaminus, etaplus, min_step, max_step, maximize)) => AddGroup<RpropOptions>(parameters);

    /// <summary>An optimizer of these groups; what a group leaves open takes the values given here.</summary>
    /// <inheritdoc cref="IRpropPlus(IEnumerable{Parameter}, double, double, double, double, double, bool)"/>
    public IRpropPlus(IEnumerable<ParamGroup<RpropOptions>> parameters, double lr = 0.01, double etaminus = 0.5, double etaplus = 1.2, double min_step = 1e-6, double max_step = 50, bool maximize = false)
        : base(Defaults(lr, etaminus, etaplus, min_step, max_step, maximize)) => AddGroups(parameters);

    /// <inheritdoc/>
    protected override (double[] numbers, Tensor[] tensors) InitialState(Parameter parameter, OptimizerOptions options) =>
        ([double.NaN], base.InitialState(parameter, options).tensors);      // the number: the loss of the last step

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">There is no closure, or it returns more than one number.</exception>
    public override Tensor step(Func<Tensor>? closure = null)
    {
        ThrowIfDisposed();
        if (closure is null) throw new InvalidOperationException("IRpropPlus compares losses: call step(closure) with a closure that computes the gradients and returns the loss.");
        return base.step(closure);
    }

    /// <inheritdoc/>
    protected override void Observe(Tensor? loss) =>
        this.loss = loss is { NumberOfElements: 1 } ? loss.ToDouble() : throw new InvalidOperationException("IRpropPlus compares losses: the closure must return a tensor of one element.");

    /// <inheritdoc/>
    protected override RpropPlusRule Rule(RpropOptions options, TensorState state)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(state);
        var before = state.numbers[0];
        var rose = options.maximize!.Value ? loss < before : loss > before;
        return new(options.etaminus!.Value, options.etaplus!.Value, options.min_step!.Value, options.max_step!.Value, options.maximize!.Value, undo: rose);
    }

    /// <inheritdoc/>
    protected override void Updated(TensorState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        state.numbers[0] = loss;
    }
}
