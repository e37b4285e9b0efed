using System.Runtime.CompilerServices;
using TorchOptimExt.Parameters;
using TorchOptimExt.Rules;
using TorchOptimExt.Stepping;
using TorchSharp.Modules;

namespace TorchOptimExt.Fused;

/// <summary>
/// NAdam in one pass over memory: TorchSharp's <see cref="TorchSharp.Modules.NAdam"/> with the same options, state and numbers.
/// <code>
/// g ← ∇f(θ) + weight_decay · θ
/// μₜ = β₁ (1 − ½ · 0.96^(t · momentum_decay)),   Πₜ = μ₁ ⋯ μₜ      (t: the parameter's updates, from 1)
/// m ← β₁ m + (1 − β₁) g
/// v ← β₂ v + (1 − β₂) g²
/// d ← √(v / (1 − β₂ᵗ)) + ε
/// θ ← θ − lr · (1 − μₜ) / (1 − Πₜ) · g / d − lr · μₜ₊₁ / (1 − Πₜ₊₁) · m / d
/// </code>
/// </summary>
/// <remarks>
/// Adam that looks one momentum step ahead, as Nesterov's momentum does: often faster early on.
/// <para>Source: T. Dozat, "Incorporating Nesterov Momentum into Adam", ICLR workshop 2016, algorithm 2, as in PyTorch since 2.0, which
/// mended a factor μ too many.</para>
/// <para>Each parameter is updated in one pass over its memory where that can be, else by tensor operations: see
/// <see cref="IFusedOptimizer"/>.</para>
/// <para>A step in one pass writes into the parameters' memory without raising their autograd version: do not call <c>backward</c> on a
/// graph that was built before the step.</para>
/// </remarks>
/// <example>
/// <code>
/// var optimizer = torch.optim.fused.NAdam(model.parameters());
/// optimizer.zero_grad();
/// torch.nn.functional.mse_loss(model.forward(x), y).backward();
/// optimizer.step();
/// </code>
/// </example>
[FusedOptimizer]
public partial class NAdam : TorchSharp.Modules.NAdam
{
    /// <summary>Creates an optimizer for these parameters.</summary>
    /// <param name="parameters">The parameters, each once.</param>
    /// <param name="lr">Learning rate, ≥ 0.</param>
    /// <param name="beta1">Decay β₁ of the running average of g; 0 ≤ β₁ ≤ 1.</param>
    /// <param name="beta2">Decay β₂ of the running average of g²; 0 ≤ β₂ ≤ 1.</param>
    /// <param name="eps">ε, added to the root, in units of the gradient, ≥ 0.</param>
    /// <param name="weight_decay">Weight decay, ≥ 0: weight_decay · θ is added to the gradient.</param>
    /// <param name="momentum_decay">How fast the momentum μ grows from β₁ / 2 to β₁, ≥ 0.</param>
    /// <exception cref="ArgumentNullException"><paramref name="parameters"/> is null.</exception>
    /// <exception cref="ArgumentException">A hyperparameter is out of its range. As in TorchSharp, NaN is not refused.</exception>
    public NAdam(
        IEnumerable<Parameter> parameters, double lr = 2e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8,
        double weight_decay = 0, double momentum_decay = 4e-3)
        : base(parameters, lr, beta1, beta2, eps, weight_decay, momentum_decay) { }

    private sealed class Step : FusedStep<Options, State, NAdamRule>
    {
        protected override NAdamRule Rule(Options o, State s) => new(
            o.LearningRate!.Value, o.beta1!.Value, o.beta2!.Value, o.eps!.Value, o.weight_decay!.Value,
            Mu(o, s.step + 1), Mu(o, s.step + 2), s.mu_product * Mu(o, s.step + 1), s.step + 1);

        protected override StateTensors Owned(State s) => new(s.exp_avg, s.exp_avg_sq);

        protected override void Own(State s, StateTensors tensors) => (s.exp_avg, s.exp_avg_sq, _) = tensors;

        protected override void CopyNumbers(State from, State to) => (to.step, to.mu_product) = (from.step, from.mu_product);

        protected override void Updated(Options o, State s) => s.mu_product *= Mu(o, ++s.step);

        private static double Mu(Options o, long step) => o.beta1!.Value * (1 - 0.5 * Math.Pow(0.96, step * o.momentum_decay!.Value));
    }
}

/// <summary>The update of <see cref="NAdam"/>; its states are the running averages of g and g².</summary>
internal readonly struct NAdamRule(
    double lr, double beta1, double beta2, double eps, double weight_decay, double mu, double mu_next,
        double mu_product, long step) : IUpdateRule
{
    private readonly double gradient = lr * (1 - mu) / (1 - mu_product), momentum = lr * mu_next / (1 - mu_product * mu_next);
    private readonly double correction = 1 - Math.Pow(beta2, step);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Apply<V>(ref V param, V grad, ref V exp_avg, ref V exp_avg_sq, ref V unused) where V : struct, ILanes<V>
    {
        if (weight_decay != 0) grad += weight_decay * param;
        exp_avg = beta1 * exp_avg + (1 - beta1) * grad;
        exp_avg_sq = beta2 * exp_avg_sq + (1 - beta2) * grad * grad;
        var scale = V.Sqrt(exp_avg_sq / correction) + eps;
        param -= gradient * grad / scale;
        param -= momentum * exp_avg / scale;
    }
}
