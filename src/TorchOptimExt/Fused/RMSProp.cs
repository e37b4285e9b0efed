using System.Runtime.CompilerServices;
using TorchOptimExt.Elementwise;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.Fused;

/// <summary>
/// RMSProp in one pass over memory: TorchSharp's <see cref="TorchSharp.Modules.RMSProp"/> with the same options, state and numbers.
/// <code>
/// g ← ∇f(θ), −∇f(θ) to maximize;   g ← g + weight_decay · θ
/// s ← α s + (1 − α) g²
/// m ← α m + (1 − α) g,   d ← √(s − m²) + ε      centered
/// d ← √s + ε                                    otherwise
/// b ← μ b + g / d,   θ ← θ − lr · b             with momentum μ &gt; 0
/// θ ← θ − lr · g / d                            without
/// </code>
/// </summary>
/// <remarks>
/// For recurrent networks and noisy mini-batches: each element's step has about the size lr, whatever the scale of its gradient.
/// <para>ε stands outside the root, as in PyTorch; some texts print it inside. The centered variance is not kept from becoming negative by rounding: then the parameter becomes NaN, as in TorchSharp.</para>
/// <para>As in TorchSharp, lr is 0.001 for <c>new RMSProp</c> and 0.01 for <c>torch.optim.fused.RMSProp</c>.</para>
/// <para>Source: T. Tieleman and G. Hinton, Lecture 6.5, Coursera, 2012; centered: A. Graves, "Generating Sequences With Recurrent Neural Networks", 2013, equations 38 to 41.</para>
/// <para>What cannot be visited in one pass (another device or dtype, strided tensors) is left to TorchSharp's own step: see <see cref="IFusedOptimizer"/>.</para>
/// <para>Modifies parameters without raising their autograd version: do not call <c>backward</c> on a graph that was built before the step.</para>
/// </remarks>
public class RMSProp : TorchSharp.Modules.RMSProp, IFusedOptimizer
{
    private readonly Step fused = new();

    /// <summary>An optimizer of these parameters.</summary>
    /// <param name="parameters">The parameters, each once.</param>
    /// <param name="lr">Learning rate, ≥ 0.</param>
    /// <param name="alpha">Decay α of the running averages, ≥ 0, usually below 1.</param>
    /// <param name="eps">ε, added to the root, in units of the gradient, ≥ 0.</param>
    /// <param name="weight_decay">L2 penalty, ≥ 0.</param>
    /// <param name="momentum">Momentum μ, ≥ 0.</param>
    /// <param name="centered">Divide by the standard deviation of the gradient, not by its root mean square.</param>
    /// <param name="maximize">Maximize the objective instead of minimizing it.</param>
    /// <exception cref="ArgumentException">A hyperparameter that TorchSharp refuses.</exception>
    public RMSProp(IEnumerable<Parameter> parameters, double lr = 1e-3, double alpha = 0.99, double eps = 1e-8, double weight_decay = 0, double momentum = 0, bool centered = false, bool maximize = false)
        : base(parameters, lr, alpha, eps, weight_decay, momentum, centered, maximize) { }

    /// <summary>An optimizer of these parameters, whose names appear in messages.</summary>
    /// <inheritdoc cref="RMSProp(IEnumerable{Parameter}, double, double, double, double, double, bool, bool)"/>
    public RMSProp(IEnumerable<(string name, Parameter parameter)> parameters, double lr = 1e-3, double alpha = 0.99, double eps = 1e-8, double weight_decay = 0, double momentum = 0, bool centered = false, bool maximize = false)
        : base(parameters?.Select(p => p.parameter) ?? [], lr, alpha, eps, weight_decay, momentum, centered, maximize) => fused.Name(parameters);

    /// <summary>An optimizer of these groups; what a group leaves open takes the values given here.</summary>
    /// <inheritdoc cref="RMSProp(IEnumerable{Parameter}, double, double, double, double, double, bool, bool)"/>
    public RMSProp(IEnumerable<ParamGroup> parameters, double lr = 1e-3, double alpha = 0.99, double eps = 1e-8, double weight_decay = 0, double momentum = 0, bool centered = false, bool maximize = false)
        : base(parameters ?? [], lr, alpha, eps, weight_decay, momentum, centered, maximize) => ArgumentNullException.ThrowIfNull(parameters);

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

    /// <inheritdoc cref="OptimizerHelper.load_state_dict(BinaryReader)"/>
    public new void load_state_dict(BinaryReader reader)
    {
        base.load_state_dict(reader);
        fused.Keep(_state);
    }

    /// <inheritdoc cref="OptimizerHelper.load_state_dict(string)"/>
    public new void load_state_dict(string location)
    {
        base.load_state_dict(location);
        fused.Keep(_state);
    }

    /// <inheritdoc cref="OptimizerHelper.to(Device)"/>
    public new void to(Device device)
    {
        base.to(device);
        fused.Keep(_state);
    }

    private sealed class Step : FusedStep<Options, State, RMSPropRule>
    {
        protected override RMSPropRule Rule(Options o, State s) => new(o.LearningRate!.Value, o.alpha!.Value, o.eps!.Value, o.weight_decay!.Value, o.momentum!.Value, o.centered!.Value, o.maximize!.Value);

        protected override StateTensors Visited(Options o, State s, Parameter param) => new(s.square_avg, o.centered!.Value ? s.grad_avg : null, o.momentum > 0 ? s.momentum_buffer : null);

        protected override StateTensors Owned(State s) => new(s.square_avg, s.grad_avg, s.momentum_buffer);

        protected override void Updated(State s) => s.step++;
    }
}

/// <summary>The update of <see cref="RMSProp"/>; its states are the running averages of g² and, if centered, of g, and the momentum.</summary>
internal readonly struct RMSPropRule(double lr, double alpha, double eps, double weight_decay, double momentum, bool centered, bool maximize) : IUpdateRule
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Apply<V>(ref V param, V grad, ref V square_avg, ref V grad_avg, ref V momentum_buffer) where V : struct, ILanes<V>
    {
        if (maximize) grad = -grad;
        if (weight_decay != 0) grad += weight_decay * param;
        square_avg = alpha * square_avg + (1 - alpha) * grad * grad;
        if (centered) grad_avg = alpha * grad_avg + (1 - alpha) * grad;
        var scale = V.Sqrt(centered ? square_avg - grad_avg * grad_avg : square_avg) + eps;
        if (momentum > 0)
        {
            momentum_buffer = momentum * momentum_buffer + grad / scale;
            param -= lr * momentum_buffer;
        }
        else param -= lr * grad / scale;
    }
}
