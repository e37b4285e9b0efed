using System.Runtime.CompilerServices;
using TorchOptimExt.Parameters;
using TorchOptimExt.Rules;
using TorchOptimExt.Stepping;
using TorchSharp.Modules;

namespace TorchOptimExt.Fused;

/// <summary>
/// Adagrad in one pass over memory: TorchSharp's <see cref="TorchSharp.Modules.Adagrad"/> with the same options, state and numbers.
/// <code>
/// g ← ∇f(θ) + weight_decay · θ
/// G ← G + g²                                               (from G = initial_accumulator_value)
/// θ ← θ − lr / (1 + (t − 1) · lr_decay) · g / (√G + ε)      (t: the parameter's updates, from 1)
/// </code>
/// </summary>
/// <remarks>
/// For features that are mostly 0: parameters that rarely get a gradient keep a large step. G only grows, so steps only shrink and long
/// trainings stall.
/// <para>Source: J. Duchi, E. Hazan and Y. Singer, "Adaptive Subgradient Methods for Online Learning and Stochastic Optimization", JMLR 12,
/// 2011, equation 1 with the diagonal matrix of section 3.</para>
/// <para>A step in one pass writes into the parameters' memory without raising their autograd version: do not call <c>backward</c> on a
/// graph that was built before the step.</para>
/// </remarks>
/// <example>
/// <code>
/// var optimizer = torch.optim.fused.Adagrad(model.parameters(), lr: 0.01);
/// optimizer.zero_grad();
/// torch.nn.functional.mse_loss(model.forward(x), y).backward();
/// optimizer.step();
/// </code>
/// </example>
[FusedOptimizer]
public partial class Adagrad : TorchSharp.Modules.Adagrad
{
    /// <summary>Creates an optimizer for these parameters.</summary>
    /// <param name="parameters">The parameters, each once.</param>
    /// <param name="lr">Learning rate, ≥ 0.</param>
    /// <param name="lr_decay">How much the divisor of the learning rate grows with each update, ≥ 0.</param>
    /// <param name="weight_decay">Weight decay, ≥ 0: weight_decay · θ is added to the gradient.</param>
    /// <param name="initial_accumulator_value">What G starts from, in squared units of the gradient, ≥ 0.</param>
    /// <param name="eps">ε, added to the root, in units of the gradient, ≥ 0.</param>
    /// <exception cref="ArgumentNullException"><paramref name="parameters"/> is null.</exception>
    /// <exception cref="ArgumentException">A hyperparameter is out of its range. As in TorchSharp, NaN is not refused.</exception>
    public Adagrad(
        IEnumerable<Parameter> parameters, double lr = 1e-2, double lr_decay = 0, double weight_decay = 0,
        double initial_accumulator_value = 0, double eps = 1e-10)
        : base(parameters, lr, lr_decay, weight_decay, initial_accumulator_value, eps) { }

    private sealed class Step : FusedStep<Options, State, AdagradRule>
    {
        protected override AdagradRule Rule(
            Options o, State s) =>
            new(o.LearningRate!.Value / (1 + s.step * o.lr_decay!.Value), o.weight_decay!.Value, o.eps!.Value);

        protected override long? RuleKey(State s) => s.step;

        protected override StateTensors Owned(State s) => new(s.sum);

        protected override void Own(State s, StateTensors tensors) => (s.sum, _, _) = tensors;

        protected override void CopyNumbers(State from, State to) => to.step = from.step;

        protected override void CheckStart(Options? options, Options defaults, Parameter param) =>
            CheckFits("initial_accumulator_value", (options?.initial_accumulator_value ?? defaults.initial_accumulator_value)!.Value,
                param);

        protected override void Updated(Options o, State s) => s.step++;
    }
}

/// <summary>The update of <see cref="Adagrad"/>, at a learning rate that has decayed; its state is the sum of g².</summary>
internal readonly struct AdagradRule(double lr, double weight_decay, double eps) : IUpdateRule
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Apply<V>(ref V param, V grad, ref V sum, ref V unused, ref V unused2) where V : struct, ILanes<V>
    {
        if (weight_decay != 0) grad += weight_decay * param;
        sum += grad * grad;
        param -= lr * grad / (V.Sqrt(sum) + eps);
    }
}
