using System.Runtime.CompilerServices;
using TorchOptimExt.Parameters;
using TorchOptimExt.Rules;
using TorchOptimExt.Stepping;
using TorchSharp.Modules;

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
[FusedOptimizer(FactoryRate = 0.01)]
public partial class RMSProp : TorchSharp.Modules.RMSProp
{
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
