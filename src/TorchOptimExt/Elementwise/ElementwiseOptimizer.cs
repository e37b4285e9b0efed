using TorchOptimExt.Base;
using TorchOptimExt.Fused;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.Elementwise;

/// <summary>
/// The base of the first-order optimizers that TorchSharp lacks: runs an update rule over groups and parameters, in one
/// pass over memory for contiguous float32 and float64 tensors on the CPU, with tensor operations for all others.
/// float16 and bfloat16 parameters are computed in float32 and rounded once.
/// </summary>
/// <typeparam name="TOptions">The hyperparameters of a group.</typeparam>
/// <typeparam name="TRule">The mathematics for one element.</typeparam>
public abstract class ElementwiseOptimizer<TOptions, TRule> : OptimizerBase, IFusedOptimizer
    where TOptions : HyperparameterOptions, new()
    where TRule : struct, IUpdateRule
{
    private readonly FusedPass<TRule> pass = new();
    private readonly List<TensorState> visited = [];
    private readonly List<(Parameter param, TensorState state, TRule rule)> onTensors = [];

    /// <inheritdoc cref="OptimizerBase(HyperparameterOptions)"/>
    protected ElementwiseOptimizer(TOptions defaults) : base(defaults) { }

    /// <summary>The rule for a parameter's next update.</summary>
    /// <param name="options">The hyperparameters of its group.</param>
    /// <param name="state">Its state, whose <see cref="TensorState.step"/> counts the updates before this one.</param>
    protected abstract TRule Rule(TOptions options, TensorState state);

    /// <summary>Called for the state of each parameter that a step updated, at its end.</summary>
    protected virtual void Updated(TensorState state) { }

    /// <inheritdoc/>
    public bool LastStepFused { get; private set; }

    /// <inheritdoc/>
    public string? LastStepNotFusedBecause { get; private set; }

    /// <summary>One update of every parameter that has a gradient.</summary>
    /// <param name="closure">Computes the gradients and returns the loss; null where they are computed already.</param>
    /// <returns>What the closure returned; null without one.</returns>
    /// <exception cref="InvalidOperationException">A gradient does not fit its parameter; nothing is changed then.</exception>
    /// <exception cref="ObjectDisposedException">The optimizer was disposed.</exception>
    public override Tensor step(Func<Tensor>? closure = null)
    {
        ThrowIfDisposed();
        (LastStepFused, LastStepNotFusedBecause) = (false, null);
        var loss = Evaluate(closure);
        Observe(loss);
        Update();
        return loss!;
    }

    /// <summary>Sees the loss before the update; throws where an optimizer needs one and there is none.</summary>
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
        foreach (var state in visited)
        {
            state.step++;
            Updated(state);
        }
        LastStepFused = onTensors.Count == 0;
    }

    private void Gather(TOptions options, Parameter param)
    {
        using var grad = param.grad;
        if (grad is null) return;
        var state = StateOf(param);
        var rule = Rule(options, state);
        visited.Add(state);
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
