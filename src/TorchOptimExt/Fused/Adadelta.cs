using System.Runtime.CompilerServices;
using TorchOptimExt.Elementwise;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.Fused;

/// <summary>
/// Adadelta in one pass over memory: TorchSharp's <see cref="TorchSharp.Modules.Adadelta"/> with the same options, state and numbers.
/// <code>
/// g ← ∇f(θ), −∇f(θ) to maximize;   g ← g + weight_decay · θ
/// s ← ρ s + (1 − ρ) g²
/// Δ ← √(u + ε) / √(s + ε) · g
/// θ ← θ − lr · Δ
/// u ← ρ u + (1 − ρ) Δ²
/// </code>
/// </summary>
/// <remarks>
/// For models without a learning rate tuned by hand: the step has the units of the parameter, and lr only scales it.
/// <para>Source: M. D. Zeiler, "ADADELTA: An Adaptive Learning Rate Method", 2012, algorithm 1, with the learning rate and weight decay of PyTorch.</para>
/// <para>What cannot be visited in one pass (another device or dtype, strided tensors) is left to TorchSharp's own step: see <see cref="IFusedOptimizer"/>.</para>
/// <para>Modifies parameters without raising their autograd version: do not call <c>backward</c> on a graph that was built before the step.</para>
/// </remarks>
public class Adadelta : TorchSharp.Modules.Adadelta, IFusedOptimizer
{
    private readonly Step fused = new();

    /// <summary>An optimizer of these parameters.</summary>
    /// <param name="parameters">The parameters, each once.</param>
    /// <param name="lr">Learning rate, a factor without unit, ≥ 0.</param>
    /// <param name="rho">Decay ρ of the two running averages, in [0, 1].</param>
    /// <param name="eps">ε, added under both roots, in squared units of the gradient, ≥ 0.</param>
    /// <param name="weight_decay">L2 penalty, ≥ 0.</param>
    /// <param name="maximize">Maximize the objective instead of minimizing it.</param>
    /// <exception cref="ArgumentException">A hyperparameter that TorchSharp refuses.</exception>
    public Adadelta(IEnumerable<Parameter> parameters, double lr = 1.0, double rho = 0.9, double eps = 1e-6, double weight_decay = 0, bool maximize = false)
        : base(parameters, lr, rho, eps, weight_decay, maximize) { }

    /// <summary>An optimizer of these parameters, whose names appear in messages.</summary>
    /// <inheritdoc cref="Adadelta(IEnumerable{Parameter}, double, double, double, double, bool)"/>
    public Adadelta(IEnumerable<(string name, Parameter parameter)> parameters, double lr = 1.0, double rho = 0.9, double eps = 1e-6, double weight_decay = 0, bool maximize = false)
        : base(parameters?.Select(p => p.parameter) ?? [], lr, rho, eps, weight_decay, maximize) => fused.Name(parameters);

    /// <summary>An optimizer of these groups; what a group leaves open takes the values given here.</summary>
    /// <inheritdoc cref="Adadelta(IEnumerable{Parameter}, double, double, double, double, bool)"/>
    public Adadelta(IEnumerable<ParamGroup> parameters, double lr = 1.0, double rho = 0.9, double eps = 1e-6, double weight_decay = 0, bool maximize = false)
        : base(parameters ?? [], lr, rho, eps, weight_decay, maximize) => ArgumentNullException.ThrowIfNull(parameters);

    /// <inheritdoc/>
    public bool LastStepFused => fused.Fused;

    /// <inheritdoc/>
    public string? LastStepNotFusedBecause => fused.NotFusedBecause;

    /// <inheritdoc/>
    public override void add_param_group(TorchSharp.Modules.ParamGroup param_group) => base.add_param_group(fused.Prepared(param_group, _parameter_groups));

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">A gradient is sparse or does not fit its parameter; nothing is changed then.</exception>
    public override Tensor step(Func<Tensor>? closure = null)
    {
        var loss = fused.Begin(closure);
        if (!fused.TryRun(_parameter_groups, _state)) base.step();
        return loss!;
    }

    /// <inheritdoc/>
    public override void load_state_dict(StateDictionary state_dict)
    {
        base.load_state_dict(state_dict);
        fused.Keep(_state);
    }

    /// <inheritdoc cref="OptimizerHelper.to(Device)"/>
    public new void to(Device device)
    {
        base.to(device);
        fused.Keep(_state);
    }

    private sealed class Step : FusedStep<Options, State, AdadeltaRule>
    {
        protected override AdadeltaRule Rule(Options o, State s) => new(o.LearningRate!.Value, o.rho!.Value, o.eps!.Value, o.weight_decay!.Value, o.maximize!.Value);

        protected override StateTensors Visited(Options o, State s, Parameter param) => Owned(s);

        protected override StateTensors Owned(State s) => new(s.square_avg, s.acc_delta);
    }
}

/// <summary>The update of <see cref="Adadelta"/>; its states are the running averages of g² and Δ².</summary>
internal readonly struct AdadeltaRule(double lr, double rho, double eps, double weight_decay, bool maximize) : IUpdateRule
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Apply<V>(ref V param, V grad, ref V square_avg, ref V acc_delta, ref V unused) where V : struct, ILanes<V>
    {
        if (maximize) grad = -grad;
        if (weight_decay != 0) grad += weight_decay * param;
        square_avg = rho * square_avg + (1 - rho) * grad * grad;
        var delta = V.Sqrt(acc_delta + eps) / V.Sqrt(square_avg + eps) * grad;
        param -= lr * delta;
        acc_delta = rho * acc_delta + (1 - rho) * delta * delta;
    }
}
