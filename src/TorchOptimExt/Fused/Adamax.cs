using System.Runtime.CompilerServices;
using TorchOptimExt.Parameters;
using TorchOptimExt.Rules;
using TorchOptimExt.Stepping;
using TorchSharp.Modules;

namespace TorchOptimExt.Fused;

/// <summary>
/// Adamax in one pass over memory: TorchSharp's <see cref="TorchSharp.Modules.Adamax"/> with the same options, state and numbers.
/// <code>
/// g ← ∇f(θ) + weight_decay · θ
/// m ← β₁ m + (1 − β₁) g
/// u ← max(β₂ u, |g| + ε)
/// θ ← θ − lr / (1 − β₁ᵗ) · m / u      (t: the parameter's updates, from 1)
/// </code>
/// </summary>
/// <remarks>
/// Adam with the largest recent gradient in place of the root mean square: steps are bounded by lr however the gradients vary, as for
/// sparse features.
/// <para>Source: D. P. Kingma and J. Ba, "Adam: A Method for Stochastic Optimization", ICLR 2015, algorithm 2, with ε and weight decay as
/// in PyTorch.</para>
/// <para>Each parameter is updated in one pass over its memory where that can be, else by tensor operations: see
/// <see cref="IFusedOptimizer"/>.</para>
/// <para>A step in one pass writes into the parameters' memory without raising their autograd version: do not call <c>backward</c> on a
/// graph that was built before the step.</para>
/// </remarks>
/// <example>
/// <code>
/// var optimizer = torch.optim.fused.Adamax(model.parameters());
/// optimizer.zero_grad();
/// torch.nn.functional.mse_loss(model.forward(x), y).backward();
/// optimizer.step();
/// </code>
/// </example>
[FusedOptimizer]
public partial class Adamax : TorchSharp.Modules.Adamax
{
    /// <summary>Creates an optimizer for these parameters.</summary>
    /// <param name="parameters">The parameters, each once.</param>
    /// <param name="lr">Learning rate, ≥ 0.</param>
    /// <param name="beta1">Decay β₁ of the running average of g; 0 ≤ β₁ ≤ 1.</param>
    /// <param name="beta2">Decay β₂ of the largest |g|; 0 ≤ β₂ ≤ 1.</param>
    /// <param name="eps">ε, added to |g|, in units of the gradient, ≥ 0.</param>
    /// <param name="weight_decay">Weight decay, ≥ 0: weight_decay · θ is added to the gradient.</param>
    /// <exception cref="ArgumentNullException"><paramref name="parameters"/> is null.</exception>
    /// <exception cref="ArgumentException">A hyperparameter is out of its range. As in TorchSharp, NaN is not refused.</exception>
    public Adamax(
        IEnumerable<Parameter> parameters, double lr = 2e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8,
        double weight_decay = 0)
        : base(parameters, lr, beta1, beta2, eps, weight_decay) { }

    private sealed class Step : FusedStep<Options, State, AdamaxRule>
    {
        protected override AdamaxRule Rule(
            Options o, State s) =>
            new(o.LearningRate!.Value, o.beta1!.Value, o.beta2!.Value, o.eps!.Value, o.weight_decay!.Value, s.step + 1);

        protected override long? RuleKey(State s) => s.step;

        protected override StateTensors Owned(State s) => new(s.exp_avg, s.exp_inf);

        protected override void Own(State s, StateTensors tensors) => (s.exp_avg, s.exp_inf, _) = tensors;

        protected override void CopyNumbers(State from, State to) => to.step = from.step;

        protected override void Updated(Options o, State s) => s.step++;
    }
}

/// <summary>The update of <see cref="Adamax"/>; its states are the running average of g and the decaying largest |g|.</summary>
internal readonly struct AdamaxRule(double lr, double beta1, double beta2, double eps, double weight_decay, long step) : IUpdateRule
{
    private readonly double size = lr / (1 - Math.Pow(beta1, step));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Apply<V>(ref V param, V grad, ref V exp_avg, ref V exp_inf, ref V unused) where V : struct, ILanes<V>
    {
        if (weight_decay != 0) grad += weight_decay * param;
        exp_avg = beta1 * exp_avg + (1 - beta1) * grad;
        exp_inf = V.Max(beta2 * exp_inf, V.Max(grad, -grad) + eps);
        param -= size * exp_avg / exp_inf;
    }
}
