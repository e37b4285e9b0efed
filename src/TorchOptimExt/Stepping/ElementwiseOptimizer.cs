using TorchOptimExt.Parameters;
using TorchOptimExt.Rules;
using TorchOptimExt.Simd;
using TorchOptimExt.Tensors;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.Stepping;

/// <summary>
/// The base of the first-order optimizers that TorchSharp lacks: runs an update rule over groups and parameters, in one
/// pass over memory for contiguous float32 and float64 tensors on the CPU, with tensor operations for all others.
/// float16 and bfloat16 parameters are computed in float32 and rounded once.
/// </summary>
/// <remarks>
/// A derived class gives the rule (<see cref="Rule"/>) and the state that a parameter starts with (<see cref="OptimizerBase.InitialState"/>, at most three tensors).
/// <para>A fused step writes into the parameters' memory without raising their autograd version: do not call <c>backward</c> on a graph that was built before the step.</para>
/// </remarks>
/// <typeparam name="TOptions">The hyperparameters of a group.</typeparam>
/// <typeparam name="TRule">The update of one element.</typeparam>
public abstract class ElementwiseOptimizer<TOptions, TRule> : OptimizerBase, IFusedOptimizer
    where TOptions : HyperparameterOptions, new()
    where TRule : struct, IUpdateRule
{
    private readonly FusedPass<TRule> pass = new();
    private readonly List<(TOptions options, TensorState state)> visited = [];
    private readonly List<(Parameter param, TensorState state, TRule rule)> onTensors = [];

    /// <summary>Creates an optimizer without groups; the derived constructor adds them.</summary>
    /// <inheritdoc cref="OptimizerBase(HyperparameterOptions)"/>
    protected ElementwiseOptimizer(TOptions defaults) : base(defaults) { }

    /// <summary>Makes the rule of a parameter's next update.</summary>
    /// <param name="options">The complete hyperparameters of its group.</param>
    /// <param name="state">Its state, whose <see cref="TensorState.step"/> counts the updates before this one.</param>
    /// <returns>The rule, which holds the numbers of this one update.</returns>
    protected abstract TRule Rule(TOptions options, TensorState state);

    /// <summary>Called at the end of a step for each parameter that it updated; does nothing unless overridden.</summary>
    /// <param name="options">The complete hyperparameters of its group.</param>
    /// <param name="state">The state of the parameter; its step count includes this step.</param>
    protected virtual void Updated(TOptions options, TensorState state) { }

    /// <inheritdoc/>
    public bool LastStepFused { get; private set; }

    /// <inheritdoc/>
    public string? LastStepNotFusedBecause { get; private set; }

    /// <inheritdoc/>
    public Func<double?>? GradientScale { get; set; }

    /// <summary>Performs one optimization step: updates every parameter that has a gradient.</summary>
    /// <param name="closure">Computes the gradients and returns the loss; null where the gradients are there already.</param>
    /// <returns>What the closure returned; null without one.</returns>
    /// <exception cref="InvalidOperationException">A gradient is sparse, or its shape, dtype or device is not its parameter's; a parameter was disposed or replaced;
    /// or a schedule set a hyperparameter to a value out of its range. No parameter is changed then.</exception>
    /// <exception cref="ObjectDisposedException">The optimizer was disposed.</exception>
    public override Tensor step(Func<Tensor>? closure = null)
    {
        ThrowIfNotReady();
        (LastStepFused, LastStepNotFusedBecause) = (false, null);
        var loss = Evaluate(closure);
        Observe(loss);
        Update();
        return loss!;
    }

    /// <summary>Called after the closure and before the update; does nothing unless overridden. What it throws ends the step before any parameter is changed.</summary>
    /// <param name="loss">What the closure returned; null without one.</param>
    protected virtual void Observe(Tensor? loss) { }

    private void Update()
    {
        pass.Clear();
        visited.Clear();
        onTensors.Clear();
        for (var g = 0; g < _parameter_groups.Count; g++)
        {
            var parameters = _parameter_groups[g].List();
            for (var p = 0; p < parameters.Count; p++) Gather((TOptions)_parameter_groups[g].Options, parameters[p]);
        }
        pass.Run();
        foreach (var (param, state, rule) in onTensors) Apply(rule, param, state);
        foreach (var (options, state) in visited)
        {
            state.step++;
            Updated(options, state);
        }
        LastStepFused = onTensors.Count == 0;
    }

    private void Gather(TOptions options, Parameter param)
    {
        using var grad = param.grad;
        if (grad is null) return;
        var state = StateOf(param);
        var rule = Rule(options, state);
        visited.Add((options, state));
        if (pass.Add(rule, param, grad, At(state, 0), At(state, 1), At(state, 2))) return;
        CheckGradient(param, grad);
        LastStepNotFusedBecause ??= $"{NameOf(param)} cannot be visited in one pass: {pass.Refused}";
        onTensors.Add((param, state, rule));
    }

    private static void Apply(in TRule rule, Parameter param, TensorState state)
    {
        using var grad = param.grad;
        TensorPass.Run(rule, param, grad!, At(state, 0), At(state, 1), At(state, 2));
    }

    private static Tensor? At(TensorState state, int k) => k < state.tensors.Length ? state.tensors[k] : null;
}
