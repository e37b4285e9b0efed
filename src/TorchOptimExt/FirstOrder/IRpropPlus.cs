using TorchOptimExt.Parameters;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.FirstOrder;

/// <summary>
/// iRprop⁺, improved resilient propagation: as <see cref="RpropPlus"/>, but where the gradient changed its sign the last
/// step is taken back only if the loss rose since the step before.
/// <code>
/// Δ′ ← clamp(Δ · f, min_step, max_step),  f = η⁺ where g · p &gt; 0,  η⁻ where g · p &lt; 0,  1 where g · p = 0
/// where g · p &lt; 0:   θ ← θ + sign(p) · Δ if f(θₜ) &gt; f(θₜ₋₁),   p ← 0
/// elsewhere:         θ ← θ − sign(g) · Δ′,  p ← g
/// Δ ← Δ′
/// </code>
/// with g the gradient, p the previous g (at first 0) and Δ the step size (at first lr). To maximize, g is the negative gradient and the
/// step is taken back if f fell.
/// </summary>
/// <remarks>
/// For full batches; usually the fastest of the four Rprop variants. It needs a closure, whose loss it compares with that of the step
/// before. The comparison is made on the host, so a step on another device waits for the loss.
/// <para>Source: C. Igel and M. Hüsken, "Empirical evaluation of the improved Rprop learning algorithms", Neurocomputing 50, 2003, section
/// 2.2 (iRprop⁺).</para>
/// </remarks>
/// <example>
/// <code>
/// var optimizer = torch.optim.IRpropPlus(model.parameters());
/// optimizer.step(() =>
/// {
///     optimizer.zero_grad();
///     var loss = torch.nn.functional.mse_loss(model.forward(x), y);
///     loss.backward();
///     return loss;
/// });
/// </code>
/// </example>
[Optimizer]
public sealed partial class IRpropPlus : RpropVariant<IRpropPlus.Options, RpropPlusRule>
{
    private double loss = double.NaN;

    /// <inheritdoc/>
    protected override (double[] numbers, Tensor[] tensors) InitialState(Parameter parameter, OptimizerOptions options) =>
        ([double.NaN], base.InitialState(parameter, options).tensors);      // the number: the loss of the last step

    /// <summary>Performs one optimization step: updates every parameter that has a gradient.</summary>
    /// <param name="closure">Computes the gradients and returns the loss, a tensor of one element. Required.</param>
    /// <returns>What the closure returned.</returns>
    /// <exception cref="InvalidOperationException">There is no closure, it does not return a tensor of one element, or a gradient is sparse
    /// or does not have its parameter's shape, dtype and device; no parameter is changed then.</exception>
    /// <exception cref="ObjectDisposedException">The optimizer was disposed.</exception>
    public override Tensor step(Func<Tensor>? closure = null)
    {
        ThrowIfDisposed();
        if (closure is null) throw new InvalidOperationException(
            "IRpropPlus compares losses: call step(closure) with a closure that computes the gradients and returns the loss.");
        return base.step(closure);
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The loss is null or not of one element.</exception>
    protected override void Observe(Tensor? loss) =>
        this.loss = loss is { NumberOfElements: 1 } ? loss.ToDouble()
            : throw new InvalidOperationException("IRpropPlus compares losses: the closure must return a tensor of one element.");

    /// <inheritdoc/>
    protected override RpropPlusRule Rule(Options options, TensorState state)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(state);
        var before = state.numbers[0];
        var rose = options.maximize!.Value ? loss < before : loss > before;
        return new(options.etaminus!.Value, options.etaplus!.Value, options.min_step!.Value, options.max_step!.Value,
            options.maximize!.Value, undo: rose);
    }

    /// <inheritdoc/>
    protected override void Updated(Options options, TensorState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        state.numbers[0] = loss;
    }

    /// <summary>The hyperparameters of a group. What is null takes the optimizer's.</summary>
    public sealed partial class Options : RpropOptions;
}
