using System.Runtime.CompilerServices;
using TorchOptimExt.Parameters;
using TorchOptimExt.Rules;
using TorchOptimExt.Stepping;
using TorchSharp.Modules;

namespace TorchOptimExt.Fused;

/// <summary>
/// AdamW in one pass over memory: TorchSharp's <see cref="TorchSharp.Modules.AdamW"/> with the same options, state and numbers.
/// <code>
/// g ← ∇f(θ), −∇f(θ) to maximize
/// θ ← (1 − lr · weight_decay) θ
/// m ← β₁ m + (1 − β₁) g
/// v ← β₂ v + (1 − β₂) g²
/// v̂ ← max(v̂, v) with amsgrad, v otherwise
/// θ ← θ − lr / (1 − β₁ᵗ) · m / (√v̂ / √(1 − β₂ᵗ) + ε)      (t: the parameter's updates, from 1)
/// </code>
/// </summary>
/// <remarks>
/// Adam whose weight decay acts on the parameter directly: the first choice for transformers. As in TorchSharp, weight_decay is 0 unless
/// given (PyTorch: 0.01).
/// <para>Source: I. Loshchilov and F. Hutter, "Decoupled Weight Decay Regularization", ICLR 2019, algorithm 2; amsgrad: S. J. Reddi, S.
/// Kale and S. Kumar, ICLR 2018, algorithm 2.</para>
/// <para>A step in one pass writes into the parameters' memory without raising their autograd version: do not call <c>backward</c> on a
/// graph that was built before the step.</para>
/// </remarks>
/// <example>
/// <code>
/// var optimizer = torch.optim.fused.AdamW(model.parameters(), lr: 1e-3, weight_decay: 0.01);
/// optimizer.zero_grad();
/// torch.nn.functional.mse_loss(model.forward(x), y).backward();
/// optimizer.step();
/// </code>
/// </example>
[FusedOptimizer]
public partial class AdamW : TorchSharp.Modules.AdamW
{
    /// <summary>Creates an optimizer for these parameters.</summary>
    /// <param name="parameters">The parameters, each once.</param>
    /// <param name="lr">Learning rate, about the size of a step in units of the parameter, ≥ 0.</param>
    /// <param name="beta1">Decay β₁ of the running average of g; 0 ≤ β₁ &lt; 1.</param>
    /// <param name="beta2">Decay β₂ of the running average of g²; 0 ≤ β₂ &lt; 1.</param>
    /// <param name="eps">ε, added to the root, in units of the gradient, ≥ 0.</param>
    /// <param name="weight_decay">Decoupled weight decay, ≥ 0: a step multiplies θ by 1 − lr · weight_decay.</param>
    /// <param name="amsgrad">Whether to divide by the root of the largest v so far instead of the present one (AMSGrad).</param>
    /// <param name="maximize">Whether to maximize the objective instead of minimizing it.</param>
    /// <exception cref="ArgumentNullException"><paramref name="parameters"/> is null.</exception>
    /// <exception cref="ArgumentException">A hyperparameter is out of its range. As in TorchSharp, NaN is not refused.</exception>
    public AdamW(
        IEnumerable<Parameter> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8,
        double weight_decay = 0, bool amsgrad = false, bool maximize = false)
        : base(parameters, lr, beta1, beta2, eps, weight_decay, amsgrad, maximize) { }

    private sealed class Step : FusedStep<Options, State, AdamWRule>
    {
        protected override AdamWRule Rule(
            Options o, State s) =>
            new(o.LearningRate!.Value, o.beta1!.Value, o.beta2!.Value, o.eps!.Value,
                o.weight_decay!.Value, o.amsgrad!.Value, o.maximize!.Value, s.step + 1);

        protected override long? RuleKey(State s) => s.step;

        protected override StateTensors States(
            Options o, State s, Parameter param) =>
            new(s.exp_avg, s.exp_avg_sq, o.amsgrad!.Value ? Needed(s.max_exp_avg_sq, nameof(o.amsgrad)) : null);

        protected override StateTensors Owned(State s) => new(s.exp_avg, s.exp_avg_sq, s.max_exp_avg_sq);

        protected override void Own(State s, StateTensors tensors) => (s.exp_avg, s.exp_avg_sq, s.max_exp_avg_sq) = tensors;

        protected override void CopyNumbers(State from, State to) => to.step = from.step;

        protected override void Updated(Options o, State s) => s.step++;
    }
}

/// <summary>
/// The update of <see cref="AdamW"/>; its states are the running averages of g and g² and, with amsgrad, the largest of the latter.
/// </summary>
internal readonly struct AdamWRule(
    double lr, double beta1, double beta2, double eps, double weight_decay, bool amsgrad, bool maximize, long step) : IUpdateRule
{
    private readonly AdamMoments moments = new(lr, beta1, beta2, eps, amsgrad, step);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Apply<V>(ref V param, V grad, ref V exp_avg, ref V exp_avg_sq, ref V max_exp_avg_sq) where V : struct, ILanes<V>
    {
        if (maximize) grad = -grad;
        param *= 1 - lr * weight_decay;
        param -= moments.Step(grad, ref exp_avg, ref exp_avg_sq, ref max_exp_avg_sq);
    }
}
