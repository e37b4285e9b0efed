using System.Runtime.CompilerServices;
using TorchOptimExt.Parameters;
using TorchOptimExt.Rules;
using TorchOptimExt.Stepping;
using TorchSharp.Modules;

namespace TorchOptimExt.Fused;

/// <summary>
/// RAdam in one pass over memory, with the options and state of TorchSharp's <see cref="TorchSharp.Modules.RAdam"/> and the numbers of
/// PyTorch's.
/// <code>
/// g ← ∇f(θ) + weight_decay · θ
/// m ← β₁ m + (1 − β₁) g
/// v ← β₂ v + (1 − β₂) g²
/// ρ∞ = 2 / (1 − β₂) − 1,   ρ = ρ∞ − 2 t β₂ᵗ / (1 − β₂ᵗ)      (t: the parameter's updates, from 1)
/// r = √((ρ − 4)(ρ − 2) ρ∞ / ((ρ∞ − 4)(ρ∞ − 2) ρ))
/// θ ← θ − lr · r · m / (1 − β₁ᵗ) · √(1 − β₂ᵗ) / (√v + ε)      where ρ &gt; 5
/// θ ← θ − lr · m / (1 − β₁ᵗ)                                   before
/// </code>
/// </summary>
/// <remarks>
/// Adam that needs no warm-up: as long as v rests on too few gradients the step is that of plain momentum.
/// <para>TorchSharp's own RAdam multiplies by lr twice where ρ &gt; 5, so that its steps are 1/lr times too short; this one does what
/// PyTorch and the paper do. Its state goes both ways all the same.</para>
/// <para>Source: L. Liu, H. Jiang, P. He, W. Chen, X. Liu, J. Gao and J. Han, "On the Variance of the Adaptive Learning Rate and Beyond",
/// ICLR 2020, algorithm 2, as in PyTorch.</para>
/// <para>Each parameter is updated in one pass over its memory where that can be, else by tensor operations: see
/// <see cref="IFusedOptimizer"/>.</para>
/// <para>A step in one pass writes into the parameters' memory without raising their autograd version: do not call <c>backward</c> on a
/// graph that was built before the step.</para>
/// </remarks>
/// <example>
/// <code>
/// var optimizer = torch.optim.fused.RAdam(model.parameters());
/// optimizer.zero_grad();
/// torch.nn.functional.mse_loss(model.forward(x), y).backward();
/// optimizer.step();
/// </code>
/// </example>
[FusedOptimizer]
public partial class RAdam : TorchSharp.Modules.RAdam
{
    /// <summary>Creates an optimizer for these parameters.</summary>
    /// <param name="parameters">The parameters, each once.</param>
    /// <param name="lr">Learning rate, ≥ 0.</param>
    /// <param name="beta1">Decay β₁ of the running average of g; 0 ≤ β₁ ≤ 1.</param>
    /// <param name="beta2">Decay β₂ of the running average of g²; 0 ≤ β₂ ≤ 1.</param>
    /// <param name="eps">ε, added to the root, in units of the gradient, ≥ 0.</param>
    /// <param name="weight_decay">Weight decay, ≥ 0: weight_decay · θ is added to the gradient.</param>
    /// <exception cref="ArgumentNullException"><paramref name="parameters"/> is null.</exception>
    /// <exception cref="ArgumentException">A hyperparameter is out of its range. As in TorchSharp, NaN is not refused.</exception>
    public RAdam(
        IEnumerable<Parameter> parameters, double lr = 2e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8,
        double weight_decay = 0)
        : base(parameters, lr, beta1, beta2, eps, weight_decay) { }

    private sealed class Step : FusedStep<Options, State, RAdamRule>
    {
        protected override RAdamRule Rule(
            Options o, State s) =>
            new(o.LearningRate!.Value, o.beta1!.Value, o.beta2!.Value, o.eps!.Value, o.weight_decay!.Value, s.step + 1);

        protected override long? RuleKey(State s) => s.step;

        protected override StateTensors Owned(State s) => new(s.exp_avg, s.exp_avg_sq);

        protected override void Own(State s, StateTensors tensors) => (s.exp_avg, s.exp_avg_sq, _) = tensors;

        protected override void CopyNumbers(State from, State to) => to.step = from.step;

        protected override void Updated(Options o, State s) => s.step++;
    }
}

/// <summary>The update of <see cref="RAdam"/>; its states are the running averages of g and g².</summary>
internal readonly struct RAdamRule : IUpdateRule
{
    private readonly double beta1, beta2, eps, weight_decay, size;
    private readonly bool rectified;

    public RAdamRule(double lr, double beta1, double beta2, double eps, double weight_decay, long step)
    {
        (this.beta1, this.beta2, this.eps, this.weight_decay) = (beta1, beta2, eps, weight_decay);
        var correction = 1 - Math.Pow(beta2, step);
        var longest = 2 / (1 - beta2) - 1;
        var length = longest - 2 * step * Math.Pow(beta2, step) / correction;
        rectified = length > 5;
        size = lr / (1 - Math.Pow(beta1, step));
        if (rectified)
            size *= Math.Sqrt(correction) * Math.Sqrt((length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Apply<V>(ref V param, V grad, ref V exp_avg, ref V exp_avg_sq, ref V unused) where V : struct, ILanes<V>
    {
        if (weight_decay != 0) grad += weight_decay * param;
        exp_avg = beta1 * exp_avg + (1 - beta1) * grad;
        exp_avg_sq = beta2 * exp_avg_sq + (1 - beta2) * grad * grad;
        if (rectified) param -= size * exp_avg / (V.Sqrt(exp_avg_sq) + eps);
        else param -= size * exp_avg;
    }
}
