using System.Runtime.CompilerServices;
using TorchOptimExt.Parameters;
using TorchOptimExt.Rules;
using TorchOptimExt.Stepping;
using TorchSharp.Modules;

namespace TorchOptimExt.Fused;

/// <summary>
/// Rprop in one pass over memory: TorchSharp's <see cref="TorchSharp.Modules.Rprop"/> with the same options, state and numbers,
/// which are those of the variant iRprop⁻.
/// <code>
/// f ← η⁺ where g · p &gt; 0,  η⁻ where g · p &lt; 0,  1 where g · p = 0
/// Δ ← clamp(Δ · f, min_step, max_step)
/// g ← 0 where g · p &lt; 0
/// θ ← θ − sign(g) · Δ
/// p ← g
/// </code>
/// with g the gradient (to maximize, its negative), p the previous g (at first 0) and Δ the step size (at first lr).
/// </summary>
/// <remarks>
/// For full batches, where gradients carry no noise: with mini-batches the signs change at random and the steps shrink to almost nothing.
/// <para>Source: C. Igel and M. Hüsken, "Improving the Rprop Learning Algorithm", 2000, section 2.2 (iRprop⁻); M. Riedmiller and H. Braun,
/// 1993.</para>
/// <para>A step in one pass writes into the parameters' memory without raising their autograd version: do not call <c>backward</c> on a
/// graph that was built before the step.</para>
/// </remarks>
/// <example>
/// <code>
/// var optimizer = torch.optim.fused.Rprop(model.parameters());
/// optimizer.zero_grad();
/// torch.nn.functional.mse_loss(model.forward(x), y).backward();
/// optimizer.step();
/// </code>
/// </example>
[FusedOptimizer]
public partial class Rprop : TorchSharp.Modules.Rprop
{
    /// <summary>Creates an optimizer for these parameters.</summary>
    /// <param name="parameters">The parameters, each once.</param>
    /// <param name="lr">The first step size of every element, in units of the parameter, ≥ 0; clamped to [min_step, max_step] from the
    /// first step on.</param>
    /// <param name="etaminus">η⁻, the factor where the gradient changed its sign; should be between 0 and 1. As in TorchSharp, it is not
    /// checked.</param>
    /// <param name="etaplus">η⁺, the factor where it kept its sign; should be above 1. Not checked either.</param>
    /// <param name="min_step">The smallest step size, in units of the parameter. Not checked.</param>
    /// <param name="max_step">The largest step size, in units of the parameter. Not checked.</param>
    /// <param name="maximize">Whether to maximize the objective instead of minimizing it.</param>
    /// <exception cref="ArgumentNullException"><paramref name="parameters"/> is null.</exception>
    /// <exception cref="ArgumentException">lr is negative. As in TorchSharp, NaN is not refused.</exception>
    public Rprop(
        IEnumerable<Parameter> parameters, double lr = 0.01, double etaminus = 0.5, double etaplus = 1.2, double min_step = 1e-6,
        double max_step = 50, bool maximize = false)
        : base(parameters, lr, etaminus, etaplus, min_step, max_step, maximize) { }

    private sealed class Step : FusedStep<Options, State, RpropRule>
    {
        protected override RpropRule Rule(
            Options o, State s) =>
            new(o.etaminus!.Value, o.etaplus!.Value, o.min_step!.Value, o.max_step!.Value, o.maximize!.Value);

        protected override long? RuleKey(State s) => 0;

        protected override StateTensors Owned(State s) => new(s.prev, s.step_size);

        protected override void Own(State s, StateTensors tensors) => (s.prev, s.step_size, _) = tensors;

        protected override void CopyNumbers(State from, State to) => to.step = from.step;

        protected override void CheckStart(Options? options, Options defaults, Parameter param) =>
            CheckFits("lr", (options?.LearningRate ?? defaults.LearningRate)!.Value, param);

        protected override void Updated(Options o, State s) => s.step++;
    }
}

/// <summary>The update of <see cref="Rprop"/>; its states are the previous gradient (0 after a change of sign) and the step size.</summary>
/// <remarks>
/// TorchSharp takes the factor by the sign of the product, replaced in three steps in which one factor may be taken for another sign: with
/// factors outside 0 &lt; η⁻ &lt; 1 &lt; η⁺, in the parameter's precision, that is spelled out, so that every factor gives TorchSharp's
/// numbers.
/// </remarks>
internal readonly struct RpropRule(double etaminus, double etaplus, double min_step, double max_step, bool maximize) : IUpdateRule
{
    private readonly bool usual = (float)etaminus is > 0 and < 1 && (float)etaplus > 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Apply<V>(ref V param, V grad, ref V prev, ref V step_size, ref V unused) where V : struct, ILanes<V>
    {
        if (maximize) grad = -grad;
        var product = grad * prev;
        V minus = etaminus;
        var changed = product < 0;
        var factor = usual ? V.Where(product > 0, etaplus, V.Where(changed, minus, 1)) : Factor(product, minus, (V)etaplus);
        step_size = V.Min(V.Max(step_size * factor, min_step), max_step);
        grad = usual ? V.Where(changed, 0, grad) : Kept(factor, minus, grad);
        param -= V.Sign(grad) * step_size;
        prev = grad;
    }

    // Calls, so that what is rare takes nothing of the just-in-time compiler's budget for inlining.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static V Factor<V>(V product, V minus, V plus) where V : struct, ILanes<V>
    {
        var factor = V.Where(product > 0, plus, V.Sign(product));
        factor = V.Where(factor < 0, minus, factor);
        return V.Where(factor > 0, factor, V.Where(factor < 0, factor, 1));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static V Kept<V>(V factor, V minus, V grad) where V : struct, ILanes<V> =>
        V.Where(factor > minus, grad, V.Where(factor < minus, grad, 0));
}
