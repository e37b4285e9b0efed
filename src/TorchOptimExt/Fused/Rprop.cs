using System.Runtime.CompilerServices;
using TorchOptimExt.Elementwise;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.Fused;

/// <summary>
/// Rprop in one pass over memory: TorchSharp's <see cref="TorchSharp.Modules.Rprop"/> with the same options, state and numbers,
/// which are those of the variant iRprop⁻.
/// <code>
/// f ← η⁺ where g · p &gt; 0,  η⁻ where g · p &lt; 0,  1 where g · p = 0      (p: the previous gradient)
/// Δ ← clamp(Δ · f, min_step, max_step)
/// g ← 0 where g · p &lt; 0
/// θ ← θ − sign(g) · Δ
/// p ← g
/// </code>
/// </summary>
/// <remarks>
/// For full batches, where gradients carry no noise: with mini-batches the signs change at random and the steps shrink to nothing.
/// <para>Source: C. Igel and M. Hüsken, "Improving the Rprop Learning Algorithm", 2000, section 2.2 (iRprop⁻); M. Riedmiller and H. Braun, 1993.</para>
/// <para>What cannot be visited in one pass (another device or dtype, strided tensors) is left to TorchSharp's own step, and so are factors
/// outside of 0 &lt; η⁻ &lt; 1 &lt; η⁺, which TorchSharp accepts: see <see cref="IFusedOptimizer"/>.</para>
/// <para>Modifies parameters without raising their autograd version: do not call <c>backward</c> on a graph that was built before the step.</para>
/// </remarks>
public class Rprop : TorchSharp.Modules.Rprop, IFusedOptimizer
{
    private readonly Step fused = new();

    /// <summary>An optimizer of these parameters.</summary>
    /// <param name="parameters">The parameters, each once.</param>
    /// <param name="lr">The first step size of every element, in units of the parameter; clamped to [min_step, max_step] from the first step on.</param>
    /// <param name="etaminus">η⁻, the factor where the gradient changed its sign, below 1.</param>
    /// <param name="etaplus">η⁺, the factor where it kept its sign, above 1.</param>
    /// <param name="min_step">The smallest step size.</param>
    /// <param name="max_step">The largest step size.</param>
    /// <param name="maximize">Maximize the objective instead of minimizing it.</param>
    /// <exception cref="ArgumentException">A hyperparameter that TorchSharp refuses.</exception>
    public Rprop(IEnumerable<Parameter> parameters, double lr = 0.01, double etaminus = 0.5, double etaplus = 1.2, double min_step = 1e-6, double max_step = 50, bool maximize = false)
        : base(parameters, lr, etaminus, etaplus, min_step, max_step, maximize) { }

    /// <summary>An optimizer of these parameters, whose names appear in messages.</summary>
    /// <inheritdoc cref="Rprop(IEnumerable{Parameter}, double, double, double, double, double, bool)"/>
    public Rprop(IEnumerable<(string name, Parameter parameter)> parameters, double lr = 0.01, double etaminus = 0.5, double etaplus = 1.2, double min_step = 1e-6, double max_step = 50, bool maximize = false)
        : base(parameters?.Select(p => p.parameter) ?? [], lr, etaminus, etaplus, min_step, max_step, maximize) => fused.Name(parameters);

    /// <summary>An optimizer of these groups; what a group leaves open takes the values given here.</summary>
    /// <inheritdoc cref="Rprop(IEnumerable{Parameter}, double, double, double, double, double, bool)"/>
    public Rprop(IEnumerable<ParamGroup> parameters, double lr = 0.01, double etaminus = 0.5, double etaplus = 1.2, double min_step = 1e-6, double max_step = 50, bool maximize = false)
        : base(parameters ?? [], lr, etaminus, etaplus, min_step, max_step, maximize) => ArgumentNullException.ThrowIfNull(parameters);

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

    private sealed class Step : FusedStep<Options, State, RpropRule>
    {
        protected override RpropRule Rule(Options o, State s) => new(o.etaminus!.Value, o.etaplus!.Value, o.min_step!.Value, o.max_step!.Value, o.maximize!.Value);

        protected override StateTensors Visited(Options o, State s, Parameter param) => Owned(s);

        protected override StateTensors Owned(State s) => new(s.prev, s.step_size);

        // A factor that is 0, 1 or negative, in float32 already, cannot stand for the sign that chose it, as it does in TorchSharp's own step.
        protected override string? Obstacle(Options o) =>
            (float?)o.etaminus is > 0 and < 1 && (float?)o.etaplus > 1 ? null : $"etaminus is {o.etaminus}, etaplus {o.etaplus}; in one pass 0 < etaminus < 1 < etaplus must hold";

        protected override void Updated(State s) => s.step++;
    }
}

/// <summary>The update of <see cref="Rprop"/>; its states are the previous gradient (0 after a change of sign) and the step size.</summary>
internal readonly struct RpropRule(double etaminus, double etaplus, double min_step, double max_step, bool maximize) : IUpdateRule
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Apply<V>(ref V param, V grad, ref V prev, ref V step_size, ref V unused) where V : struct, ILanes<V>
    {
        if (maximize) grad = -grad;
        var product = grad * prev;
        var changed = product < 0;
        step_size = V.Min(V.Max(step_size * V.Where(product > 0, etaplus, V.Where(changed, etaminus, 1)), min_step), max_step);
        grad = V.Where(changed, 0, grad);
        param -= V.Sign(grad) * step_size;
        prev = grad;
    }
}
