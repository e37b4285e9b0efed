using System.Runtime.CompilerServices;
using TorchOptimExt.Base;
using TorchOptimExt.Elementwise;
using TorchSharp.Modules;

namespace TorchOptimExt;

/// <summary>
/// Rprop⁺, resilient propagation with weight-backtracking: where the gradient changed its sign, the last step is taken back.
/// <code>
/// Δ′ ← clamp(Δ · f, min_step, max_step),  f = η⁺ where g · p &gt; 0,  η⁻ where g · p &lt; 0,  1 where g · p = 0
/// where g · p &lt; 0:   θ ← θ + sign(p) · Δ,   p ← 0      (the last step undone)
/// elsewhere:         θ ← θ − sign(g) · Δ′,  p ← g
/// Δ ← Δ′
/// </code>
/// </summary>
/// <remarks>
/// For full batches. A step size that overshot a minimum is halved from where the element stood before.
/// <para>Source: M. Riedmiller and H. Braun, "A Direct Adaptive Method for Faster Backpropagation Learning: The RPROP Algorithm", 1993; C. Igel and M. Hüsken, 2000, section 2.1 (Rprop⁺).</para>
/// </remarks>
public sealed class RpropPlus : RpropVariant<RpropPlusRule>
{
    /// <summary>An optimizer of these parameters.</summary>
    /// <param name="parameters">The parameters, each once, leaves of a real floating-point dtype.</param>
    /// <param name="lr">The first step size of every element, in units of the parameter, ≥ 0; clamped to [min_step, max_step] from the first step on.</param>
    /// <param name="etaminus">η⁻, the factor where the gradient changed its sign; 0 &lt; η⁻ &lt; 1.</param>
    /// <param name="etaplus">η⁺, the factor where it kept its sign; η⁺ &gt; 1.</param>
    /// <param name="min_step">The smallest step size, in units of the parameter; 0 &lt; min_step ≤ max_step.</param>
    /// <param name="max_step">The largest step size.</param>
    /// <param name="maximize">Maximize the objective instead of minimizing it.</param>
    /// <exception cref="ArgumentOutOfRangeException">A hyperparameter is out of its range.</exception>
    /// <exception cref="ArgumentException">The list is empty, or holds a parameter twice, shared memory, a non-leaf, or a tensor that is not floating point.</exception>
    public RpropPlus(IEnumerable<Parameter> parameters, double lr = 0.01, double etaminus = 0.5, double etaplus = 1.2, double min_step = 1e-6, double max_step = 50, bool maximize = false)
        : base(Defaults(lr, etaminus, etaplus, min_step, max_step, maximize)) => AddGroup<RpropOptions>(parameters);

    /// <summary>An optimizer of these parameters, whose names appear in messages.</summary>
    /// <inheritdoc cref="RpropPlus(IEnumerable{Parameter}, double, double, double, double, double, bool)"/>
    public RpropPlus(IEnumerable<(string name, Parameter parameter)> parameters, double lr = 0.01, double etaminus = 0.5, double etaplus = 1.2, double min_step = 1e-6, double max_step = 50, bool maximize = false)
        : base(Defaults(lr, etaminus, etaplus, min_step, max_step, maximize)) => AddGroup<RpropOptions>(parameters);

    /// <summary>An optimizer of these groups; what a group leaves open takes the values given here.</summary>
    /// <inheritdoc cref="RpropPlus(IEnumerable{Parameter}, double, double, double, double, double, bool)"/>
    public RpropPlus(IEnumerable<ParamGroup<RpropOptions>> parameters, double lr = 0.01, double etaminus = 0.5, double etaplus = 1.2, double min_step = 1e-6, double max_step = 50, bool maximize = false)
        : base(Defaults(lr, etaminus, etaplus, min_step, max_step, maximize)) => AddGroups(parameters);

    /// <inheritdoc/>
    protected override RpropPlusRule Rule(RpropOptions options, TensorState state)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new(options.etaminus!.Value, options.etaplus!.Value, options.min_step!.Value, options.max_step!.Value, options.maximize!.Value, undo: true);
    }
}

/// <summary>
/// The update of <see cref="RpropPlus"/> and <see cref="IRpropPlus"/>; its states are the previous gradient (0 after a
/// change of sign) and the step size.
/// </summary>
/// <param name="etaminus">η⁻.</param>
/// <param name="etaplus">η⁺.</param>
/// <param name="min_step">The smallest step size.</param>
/// <param name="max_step">The largest step size.</param>
/// <param name="maximize">Whether the gradient's sign is turned.</param>
/// <param name="undo">Whether the last step is taken back where the sign changed; such an element stays where it is otherwise.</param>
public readonly struct RpropPlusRule(double etaminus, double etaplus, double min_step, double max_step, bool maximize, bool undo) : IUpdateRule
{
    /// <inheritdoc/>
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
