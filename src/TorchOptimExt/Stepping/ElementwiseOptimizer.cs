using TorchOptimExt.Parameters;
using TorchOptimExt.Rules;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.Stepping;

/// <summary>
/// The base of the first-order optimizers that TorchSharp lacks: runs an update rule over groups and parameters, each in one
/// pass over memory where that can be, else by tensor operations; see <see cref="IFusedOptimizer"/>.
/// float16 and bfloat16 parameters are computed in float32 and rounded once.
/// </summary>
/// <remarks>
/// A derived class gives the rule (<see cref="Rule"/>) and the state that a parameter starts with
/// (<see cref="OptimizerBase.InitialState"/>, at most three tensors).
/// <para>A fused step writes into the parameters' memory without raising their autograd version: do not call <c>backward</c> on a graph
/// that was built before the step.</para>
/// </remarks>
/// <typeparam name="TOptions">The hyperparameters of a group.</typeparam>
/// <typeparam name="TRule">The update of one element.</typeparam>
public abstract class ElementwiseOptimizer<TOptions, TRule> : OptimizerBase, IFusedOptimizer
    where TOptions : HyperparameterOptions, new()
    where TRule : struct, IUpdateRule
{
    private readonly Step update;

    /// <summary>Creates an optimizer without groups; the derived constructor adds them.</summary>
    /// <inheritdoc cref="OptimizerBase(HyperparameterOptions)"/>
    protected ElementwiseOptimizer(TOptions defaults) : base(defaults) => update = new(this);

    /// <summary>Makes the rule of a parameter's next update.</summary>
    /// <param name="options">The complete hyperparameters of its group.</param>
    /// <param name="state">Its state, whose <see cref="TensorState.step"/> counts the updates before this one.</param>
    /// <returns>The rule, which holds the numbers of this one update.</returns>
    protected abstract TRule Rule(TOptions options, TensorState state);

    /// <summary>Called at the end of a step for each parameter that it updated; does nothing unless overridden.</summary>
    /// <param name="options">The complete hyperparameters of its group.</param>
    /// <param name="state">The state of the parameter; its step count includes this step.</param>
    protected virtual void Updated(TOptions options, TensorState state) { }

    /// <summary>
    /// Makes a state tensor for <see cref="OptimizerBase.InitialState"/>: of the parameter's shape, device and order in memory, in float32
    /// where the
    /// parameter is of a half type, since small changes would be lost in that.
    /// </summary>
    /// <param name="parameter">The parameter.</param>
    /// <param name="name">What an error calls the value: the hyperparameter that it comes from.</param>
    /// <param name="value">What every element starts with.</param>
    /// <returns>The tensor.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="parameter"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The tensor's dtype cannot hold the value.</exception>
    protected static Tensor StateLike(Parameter parameter, double value = 0, string name = "value")
    {
        ArgumentNullException.ThrowIfNull(parameter);
        using var quiet = no_grad();
        var dtype = parameter.dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32;
        if (dtype == ScalarType.Float32 && Math.Abs(value) > float.MaxValue && double.IsFinite(value))
            throw new ArgumentOutOfRangeException(
                name, value, $"{name} is {value}, which float32 state cannot hold: at most {float.MaxValue:g6}.");
        return zeros_like(parameter, dtype).fill_(value);
    }

    /// <inheritdoc/>
    public bool LastStepFused => update.Fused;

    /// <inheritdoc/>
    public string? LastStepNotFusedBecause => update.NotFusedBecause;

    /// <inheritdoc/>
    public Func<double?>? GradientScale { get => update.GradientScale; set => update.GradientScale = value; }

    /// <summary>Performs one optimization step: updates every parameter that has a gradient.</summary>
    /// <param name="closure">Computes the gradients and returns the loss; null where the gradients are there already.</param>
    /// <returns>What the closure returned; null without one.</returns>
    /// <exception cref="InvalidOperationException">
    /// A gradient is sparse, or its shape, dtype or device is not its parameter's; a parameter was disposed or replaced; or a schedule set
    /// a hyperparameter to a value out of its range. No parameter is changed then.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The optimizer was disposed.</exception>
    public override Tensor step(Func<Tensor>? closure = null)
    {
        ThrowIfNotReady();
        update.Begin();
        var loss = Evaluate(closure);
        Observe(loss);
        update.Run(_parameter_groups, _state);
        return loss!;
    }

    /// <summary>
    /// Called after the closure and before the update; does nothing unless overridden. What it throws ends the step before any parameter is
    /// changed.
    /// </summary>
    /// <param name="loss">What the closure returned; null without one.</param>
    protected virtual void Observe(Tensor? loss) { }

    private sealed class Step(ElementwiseOptimizer<TOptions, TRule> owner) : UpdateStep<TOptions, TensorState, TRule>
    {
        protected override TRule Rule(TOptions options, TensorState state) => owner.Rule(options, state);

        protected override StateTensors States(TOptions options, TensorState state, Parameter param) =>
            new(At(state, 0), At(state, 1), At(state, 2));

        protected override void Updated(TOptions options, TensorState state)
        {
            state.step++;
            owner.Updated(options, state);
        }

        protected override string Optimizer => owner.GetType().Name;

        protected override string NameOf(Parameter param, int place) => param.IsInvalid ? $"parameter {place}" : owner.NameOf(param);

        private static Tensor? At(TensorState state, int k) => k < state.tensors.Length ? state.tensors[k] : null;
    }
}
