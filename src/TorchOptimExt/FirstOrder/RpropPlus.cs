using System.Runtime.CompilerServices;
using TorchOptimExt.Parameters;
using TorchOptimExt.Rules;

namespace TorchOptimExt.FirstOrder;

/// <summary>
/// Rprop⁺, resilient propagation with weight-backtracking: where the gradient changed its sign, the last step is taken back.
/// <code>
/// Δ′ ← clamp(Δ · f, min_step, max_step),  f = η⁺ where g · p &gt; 0,  η⁻ where g · p &lt; 0,  1 where g · p = 0
/// where g · p &lt; 0:   θ ← θ + sign(p) · Δ,   p ← 0      (the last step undone)
/// elsewhere:         θ ← θ − sign(g) · Δ′,  p ← g
/// Δ ← Δ′
/// </code>
/// with g the gradient (to maximize, its negative), p the previous g (at first 0) and Δ the step size (at first lr).
/// </summary>
/// <remarks>
/// For full batches. An element that stepped over a minimum goes back and tries again with its step size times η⁻.
/// <para>Source: M. Riedmiller and H. Braun, "A Direct Adaptive Method for Faster Backpropagation Learning: The RPROP Algorithm", 1993; C.
/// Igel and M. Hüsken, 2000, section 2.1 (Rprop⁺).</para>
/// </remarks>
/// <example>
/// <code>
/// var optimizer = torch.optim.RpropPlus(model.parameters());
/// optimizer.zero_grad();
/// torch.nn.functional.mse_loss(model.forward(x), y).backward();
/// optimizer.step();
/// </code>
/// </example>
[Optimizer]
public sealed partial class RpropPlus : RpropVariant<RpropPlus.Options, RpropPlusRule>
{
    /// <inheritdoc/>
    protected override RpropPlusRule Rule(Options options, TensorState state)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new(options.etaminus!.Value, options.etaplus!.Value, options.min_step!.Value, options.max_step!.Value,
            options.maximize!.Value, undo: true);
    }

    /// <summary>The hyperparameters of a group. What is null takes the optimizer's.</summary>
    public sealed partial class Options : RpropOptions;
}

/// <summary>
/// The update of <see cref="RpropPlus"/> and <see cref="IRpropPlus"/>; its states are the previous gradient (0 after a
/// change of sign) and the step size.
/// </summary>
/// <param name="etaminus">η⁻, the factor where the gradient changed its sign.</param>
/// <param name="etaplus">η⁺, the factor where it kept its sign.</param>
/// <param name="min_step">The smallest step size.</param>
/// <param name="max_step">The largest step size.</param>
/// <param name="maximize">Whether to maximize: the gradient's sign is then turned.</param>
/// <param name="undo">Whether the last step is taken back where the sign changed; otherwise such an element stays where it is.</param>
public readonly struct RpropPlusRule(double etaminus, double etaplus, double min_step, double max_step, bool maximize, bool undo)
    : IUpdateRule
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
        var changed = product < 0;
        var next = V.Min(V.Max(step_size * V.Where(product > 0, etaplus, V.Where(changed, etaminus, 1)), min_step), max_step);
        var step = V.Where(changed, undo ? V.Sign(prev) * step_size : 0, -(V.Sign(grad) * next));
        param += step;
        prev = V.Where(changed, 0, grad);
        step_size = next;
    }
}
