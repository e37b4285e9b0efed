using System.Runtime.CompilerServices;
using TorchOptimExt.Rules;
using TorchOptimExt.Stepping;
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
/// <para>ε stands outside the root, as in PyTorch; some texts print it inside. With centered, rounding can make s − m² negative, and the
/// parameter NaN, as in TorchSharp.</para>
/// <para>As in TorchSharp, lr is 0.001 for <c>new RMSProp</c> and 0.01 for <c>torch.optim.fused.RMSProp</c>.</para>
/// <para>Source: T. Tieleman and G. Hinton, Lecture 6.5, Coursera, 2012; centered: A. Graves, "Generating Sequences With Recurrent Neural
/// Networks", 2013, equations 38 to 41.</para>
/// <para>A step runs in one pass where all parameters that have a gradient, and the gradients, are contiguous float32 or float64 tensors on
/// the CPU; otherwise it is TorchSharp's own step: see <see cref="IFusedOptimizer"/>.</para>
/// <para>A step in one pass writes into the parameters' memory without raising their autograd version: do not call <c>backward</c> on a
/// graph that was built before the step.</para>
/// </remarks>
/// <example>
/// <code>
/// var optimizer = torch.optim.fused.RMSProp(model.parameters(), lr: 1e-3);
/// optimizer.zero_grad();
/// torch.nn.functional.mse_loss(model.forward(x), y).backward();
/// optimizer.step();
/// </code>
/// </example>
public class RMSProp : TorchSharp.Modules.RMSProp, IFusedOptimizer
{
    private readonly Step fused = new();

    /// <summary>Creates an optimizer for these parameters.</summary>
    /// <param name="parameters">The parameters, each once.</param>
    /// <param name="lr">Learning rate, about the size of a step in units of the parameter, ≥ 0.</param>
    /// <param name="alpha">Decay α of the running averages, ≥ 0. As in TorchSharp, only that is checked; it should be below 1.</param>
    /// <param name="eps">ε, added to the root, in units of the gradient, ≥ 0.</param>
    /// <param name="weight_decay">Weight decay, ≥ 0: weight_decay · θ is added to the gradient.</param>
    /// <param name="momentum">Momentum μ, ≥ 0.</param>
    /// <param name="centered">Whether to divide by the standard deviation of the gradient instead of its root mean square.</param>
    /// <param name="maximize">Whether to maximize the objective instead of minimizing it.</param>
    /// <exception cref="ArgumentNullException"><paramref name="parameters"/> is null.</exception>
    /// <exception cref="ArgumentException">A hyperparameter is out of its range. As in TorchSharp, NaN is not refused.</exception>
    public RMSProp(
        IEnumerable<Parameter> parameters, double lr = 1e-3, double alpha = 0.99, double eps = 1e-8, double weight_decay = 0,
        double momentum = 0, bool centered = false, bool maximize = false)
        : base(parameters, lr, alpha, eps, weight_decay, momentum, centered, maximize) { }

    /// <summary>Creates an optimizer for these parameters; error messages use their names.</summary>
    /// <param name="parameters">The parameters with their names, as <c>named_parameters()</c> of a module gives them.</param>
    /// <inheritdoc cref="RMSProp(IEnumerable{Parameter}, double, double, double, double, double, bool, bool)"/>
    public RMSProp(
        IEnumerable<(string name, Parameter parameter)> parameters, double lr = 1e-3, double alpha = 0.99, double eps = 1e-8,
        double weight_decay = 0, double momentum = 0, bool centered = false, bool maximize = false)
        : base(parameters?.Select(p => p.parameter) ?? [], lr, alpha, eps, weight_decay, momentum, centered,
            maximize) => fused.Name(parameters);

    /// <summary>Creates an optimizer for these parameter groups; what a group leaves null takes the values given here.</summary>
    /// <param name="parameters">The groups. As in TorchSharp, their own values are not checked.</param>
    /// <inheritdoc cref="RMSProp(IEnumerable{Parameter}, double, double, double, double, double, bool, bool)"/>
    public RMSProp(
        IEnumerable<ParamGroup> parameters, double lr = 1e-3, double alpha = 0.99, double eps = 1e-8, double weight_decay = 0,
        double momentum = 0, bool centered = false, bool maximize = false)
        : base(parameters ?? [], lr, alpha, eps, weight_decay, momentum, centered,
            maximize) => ArgumentNullException.ThrowIfNull(parameters);

    /// <inheritdoc/>
    public bool LastStepFused => fused.Fused;

    /// <inheritdoc/>
    public string? LastStepNotFusedBecause => fused.NotFusedBecause;

    /// <inheritdoc/>
    public Func<double?>? GradientScale { get => fused.GradientScale; set => fused.GradientScale = value; }

    /// <inheritdoc cref="Adadelta.add_param_group(TorchSharp.Modules.ParamGroup)"/>
    public override void add_param_group(TorchSharp.Modules.ParamGroup param_group)
    {
        base.add_param_group(fused.Prepared(param_group, _defaults, _parameter_groups, _state));
        fused.Keep();
    }

    /// <inheritdoc cref="Adadelta.step(Func{Tensor})"/>
    public override Tensor step(Func<Tensor>? closure = null) => fused.Step(closure)!;

    /// <inheritdoc cref="Adadelta.zero_grad()"/>
    public override void zero_grad()
    {
        fused.Keep();
        base.zero_grad();
    }

    /// <inheritdoc cref="Adadelta.state_dict()"/>
    public override StateDictionary state_dict()
    {
        fused.Keep();
        return base.state_dict();
    }

    /// <inheritdoc cref="Adadelta.load_state_dict(TorchSharp.torch.optim.Optimizer.StateDictionary)"/>
    public override void load_state_dict(StateDictionary state_dict) => fused.Load(state_dict, this.state_dict());

    /// <inheritdoc cref="Adadelta.load_state_dict(BinaryReader)"/>
    public new void load_state_dict(BinaryReader reader) => StateReader.Read(this, reader);

    /// <inheritdoc cref="Adadelta.load_state_dict(string)"/>
    public new void load_state_dict(string location) => StateReader.Read(this, location);

    /// <inheritdoc cref="Adadelta.Dispose(bool)"/>
    protected override void Dispose(bool disposing)
    {
        if (!disposing) return;
        fused.Dispose();
        base.Dispose(disposing);
    }

    private sealed class Step : FusedStep<Options, State, RMSPropRule>
    {
        protected override RMSPropRule Rule(
            Options o, State s) =>
            new(o.LearningRate!.Value, o.alpha!.Value, o.eps!.Value, o.weight_decay!.Value,
                o.momentum!.Value, o.centered!.Value, o.maximize!.Value);

        protected override StateTensors States(
            Options o, State s, Parameter param) =>
            new(s.square_avg, o.centered!.Value ? s.grad_avg : null, o.momentum > 0 ? s.momentum_buffer : null);

        protected override long? RuleKey(State s) => 0;

        protected override StateTensors Owned(State s) => new(s.square_avg, s.grad_avg, s.momentum_buffer);

        protected override void Own(State s, StateTensors tensors) => (s.square_avg, s.grad_avg, s.momentum_buffer) = tensors;

        protected override void CopyNumbers(State from, State to) => to.step = from.step;

        protected override void Updated(Options o, State s) => s.step++;
    }
}

/// <summary>
/// The update of <see cref="RMSProp"/>; its states are the running averages of g² and, if centered, of g, and the momentum.
/// </summary>
internal readonly struct RMSPropRule(
    double lr, double alpha, double eps, double weight_decay, double momentum, bool centered, bool maximize) : IUpdateRule
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Apply<V>(ref V param, V grad, ref V square_avg, ref V grad_avg, ref V momentum_buffer) where V : struct, ILanes<V>
    {
        if (maximize) grad = -grad;
        if (weight_decay != 0) grad += weight_decay * param;
        square_avg = alpha * square_avg + (1 - alpha) * grad * grad;
        if (centered) grad_avg = alpha * grad_avg + (1 - alpha) * grad;
        var scale = V.Sqrt(centered ? V.MultiplyAdd(-grad_avg, grad_avg, square_avg) : square_avg) + eps;
        if (momentum > 0)
        {
            momentum_buffer = momentum * momentum_buffer + grad / scale;
            param -= lr * momentum_buffer;
        }
        else param -= lr * grad / scale;
    }
}
