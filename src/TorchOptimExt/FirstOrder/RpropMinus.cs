using System.Runtime.CompilerServices;
using TorchOptimExt.Parameters;
using TorchOptimExt.Rules;
using TorchSharp.Modules;

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
/// <para>Source: C. Igel and M. Hüsken, "Improving the Rprop Learning Algorithm", 2000, section 2.1 (Rprop⁻); M. Riedmiller and H. Braun, 1993.</para>
/// </remarks>
/// <example>
/// <code>
/// var optimizer = torch.optim.RpropMinus(model.parameters());
/// optimizer.zero_grad();
/// torch.nn.functional.mse_loss(model.forward(x), y).backward();
/// optimizer.step();
/// </code>
/// </example>
public sealed class RpropMinus : RpropVariant<RpropMinusRule>
{
    /// <summary>Creates an optimizer for these parameters.</summary>
    /// <param name="parameters">The parameters, each once, leaves of a real floating-point dtype.</param>
    /// <param name="lr">The first step size of every element, in units of the parameter, ≥ 0; clamped to [min_step, max_step] from the first step on.</param>
    /// <param name="etaminus">η⁻, the factor where the gradient changed its sign; 0 &lt; η⁻ &lt; 1.</param>
    /// <param name="etaplus">η⁺, the factor where it kept its sign; η⁺ &gt; 1.</param>
    /// <param name="min_step">The smallest step size, in units of the parameter; 0 &lt; min_step ≤ max_step.</param>
    /// <param name="max_step">The largest step size, in units of the parameter; ≥ min_step.</param>
    /// <param name="maximize">Whether to maximize the objective instead of minimizing it.</param>
    /// <exception cref="ArgumentNullException"><paramref name="parameters"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A hyperparameter is out of its range; NaN and infinity always are.</exception>
    /// <exception cref="ArgumentException">The list is empty, or holds a null, a parameter twice, two that share memory, a non-leaf, or one that is not of a real floating-point dtype.</exception>
    public RpropMinus(IEnumerable<Parameter> parameters, double lr = 0.01, double etaminus = 0.5, double etaplus = 1.2, double min_step = 1e-6, double max_step = 50, bool maximize = false)
        : base(Defaults(lr, etaminus, etaplus, min_step, max_step, maximize)) => AddGroup<RpropOptions>(parameters);

    /// <summary>Creates an optimizer for these parameters; error messages use their names.</summary>
    /// <param name="parameters">The parameters with their names, as <c>named_parameters()</c> of a module gives them.</param>
    /// <inheritdoc cref="RpropMinus(IEnumerable{Parameter}, double, double, double, double, double, bool)"/>
    public RpropMinus(IEnumerable<(string name, Parameter parameter)> parameters, double lr = 0.01, double etaminus = 0.5, double etaplus = 1.2, double min_step = 1e-6, double max_step = 50, bool maximize = false)
        : base(Defaults(lr, etaminus, etaplus, min_step, max_step, maximize)) => AddGroup<RpropOptions>(parameters);

    /// <summary>Creates an optimizer for these parameter groups; what a group leaves null takes the values given here.</summary>
    /// <param name="parameters">The groups, at least one, each with options of its own.</param>
    /// <exception cref="ArgumentException">A group has no parameters, its options belong to another optimizer, or it shares a parameter or memory with another.</exception>
    /// <inheritdoc cref="RpropMinus(IEnumerable{Parameter}, double, double, double, double, double, bool)"/>
    public RpropMinus(IEnumerable<ParamGroup<RpropOptions>> parameters, double lr = 0.01, double etaminus = 0.5, double etaplus = 1.2, double min_step = 1e-6, double max_step = 50, bool maximize = false)
        : base(Defaults(lr, etaminus, etaplus, min_step, max_step, maximize)) => AddGroups(parameters);

    /// <inheritdoc/>
    protected override RpropMinusRule Rule(RpropOptions options, TensorState state)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new(options.etaminus!.Value, options.etaplus!.Value, options.min_step!.Value, options.max_step!.Value, options.maximize!.Value);
    }
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
