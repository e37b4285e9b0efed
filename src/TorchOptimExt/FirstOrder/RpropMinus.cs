using System.Runtime.CompilerServices;
using TorchOptimExt.Parameters;
using TorchOptimExt.Rules;

namespace TorchOptimExt.FirstOrder;

/// <summary>
/// Rprop⁻, resilient propagation without weight-backtracking: only the gradient's sign counts, and each element has a step size of its own.
/// <code>
/// f ← η⁺ where g · p &gt; 0,  η⁻ where g · p &lt; 0,  1 where g · p = 0
/// Δ ← clamp(Δ · f, min_step, max_step)
/// θ ← θ − sign(g) · Δ
/// p ← g
/// </code>
/// with g the gradient (to maximize, its negative), p the previous g (at first 0) and Δ the step size (at first lr).
/// </summary>
/// <remarks>
/// For full batches, where gradients carry no noise: with mini-batches the signs change at random and the steps shrink to almost nothing.
/// <para>Unlike <see cref="Fused.Rprop"/> (iRprop⁻), a gradient whose sign changed is used and remembered.</para>
/// <para>Source: C. Igel and M. Hüsken, "Improving the Rprop Learning Algorithm", 2000, section 2.1 (Rprop⁻); M. Riedmiller and H. Braun,
/// 1993.</para>
/// </remarks>
/// <example>
/// <code>
/// var optimizer = torch.optim.RpropMinus(model.parameters());
/// optimizer.zero_grad();
/// torch.nn.functional.mse_loss(model.forward(x), y).backward();
/// optimizer.step();
/// </code>
/// </example>
[Optimizer]
public sealed partial class RpropMinus : RpropVariant<RpropMinus.Options, RpropMinusRule>
{
    /// <inheritdoc/>
    protected override RpropMinusRule Rule(Options options, TensorState state)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new(options.etaminus!.Value, options.etaplus!.Value, options.min_step!.Value, options.max_step!.Value,
            options.maximize!.Value);
    }

    /// <summary>The hyperparameters of a group. What is null takes the optimizer's.</summary>
    public sealed partial class Options : RpropOptions;
}

/// <summary>The update of <see cref="RpropMinus"/>; its states are the previous gradient and the step size.</summary>
/// <param name="etaminus">η⁻, the factor where the gradient changed its sign.</param>
/// <param name="etaplus">η⁺, the factor where it kept its sign.</param>
/// <param name="min_step">The smallest step size.</param>
/// <param name="max_step">The largest step size.</param>
/// <param name="maximize">Whether to maximize: the gradient's sign is then turned.</param>
public readonly struct RpropMinusRule(double etaminus, double etaplus, double min_step, double max_step, bool maximize) : IUpdateRule
{
    /// <inheritdoc/>
    /// <param name="prev">The previous gradient, updated in place.</param>
    /// <param name="step_size">The step size, updated in place.</param>
    /// <param name="unused">Not used.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Apply<V>(ref V param, V grad, ref V prev, ref V step_size, ref V unused) where V : struct, ILanes<V>
    {
        if (maximize) grad = -grad;
        var product = grad * prev;
        step_size = V.Min(V.Max(step_size * V.Where(product > 0, etaplus, V.Where(product < 0, etaminus, 1)), min_step), max_step);
        param -= V.Sign(grad) * step_size;
        prev = grad;
    }
}
