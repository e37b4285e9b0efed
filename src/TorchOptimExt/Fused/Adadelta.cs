using System.Runtime.CompilerServices;
using TorchOptimExt.Parameters;
using TorchOptimExt.Rules;
using TorchOptimExt.Stepping;
using TorchSharp.Modules;

namespace TorchOptimExt.Fused;

/// <summary>
/// Adadelta in one pass over memory: TorchSharp's <see cref="TorchSharp.Modules.Adadelta"/> with the same options, state and numbers.
/// <code>
/// g ← ∇f(θ), −∇f(θ) to maximize;   g ← g + weight_decay · θ
/// s ← ρ s + (1 − ρ) g²
/// Δ ← √(u + ε) / √(s + ε) · g
/// θ ← θ − lr · Δ
/// u ← ρ u + (1 − ρ) Δ²
/// </code>
/// </summary>
/// <remarks>
/// For models without a learning rate tuned by hand: the step has the units of the parameter, and lr only scales it.
/// <para>Source: M. D. Zeiler, "ADADELTA: An Adaptive Learning Rate Method", 2012, algorithm 1, with the learning rate and weight decay of
/// PyTorch.</para>
/// <para>A step in one pass writes into the parameters' memory without raising their autograd version: do not call <c>backward</c> on a
/// graph that was built before the step.</para>
/// </remarks>
/// <example>
/// <code>
/// var optimizer = torch.optim.fused.Adadelta(model.parameters());
/// optimizer.zero_grad();
/// torch.nn.functional.mse_loss(model.forward(x), y).backward();
/// optimizer.step();
/// </code>
/// </example>
[FusedOptimizer]
public partial class Adadelta : TorchSharp.Modules.Adadelta
{
    /// <summary>Creates an optimizer for these parameters.</summary>
    /// <param name="parameters">The parameters, each once.</param>
    /// <param name="lr">Learning rate, a factor without unit, ≥ 0.</param>
    /// <param name="rho">Decay ρ of the two running averages; 0 ≤ ρ ≤ 1.</param>
    /// <param name="eps">ε, added under both roots, in squared units of the gradient, ≥ 0.</param>
    /// <param name="weight_decay">Weight decay, ≥ 0: weight_decay · θ is added to the gradient.</param>
    /// <param name="maximize">Whether to maximize the objective instead of minimizing it.</param>
    /// <exception cref="ArgumentNullException"><paramref name="parameters"/> is null.</exception>
    /// <exception cref="ArgumentException">A hyperparameter is out of its range. As in TorchSharp, NaN is not refused.</exception>
    public Adadelta(
        IEnumerable<Parameter> parameters, double lr = 1.0, double rho = 0.9, double eps = 1e-6, double weight_decay = 0,
        bool maximize = false)
        : base(parameters, lr, rho, eps, weight_decay, maximize) { }

    private sealed class Step : FusedStep<Options, State, AdadeltaRule>
    {
        protected override AdadeltaRule Rule(
            Options o, State s) =>
            new(o.LearningRate!.Value, o.rho!.Value, o.eps!.Value, o.weight_decay!.Value, o.maximize!.Value);

        protected override long? RuleKey(State s) => 0;

        protected override StateTensors Owned(State s) => new(s.square_avg, s.acc_delta);

        protected override void Own(State s, StateTensors tensors) => (s.square_avg, s.acc_delta, _) = tensors;

        protected override void CopyNumbers(State from, State to) { }
    }
}

/// <summary>The update of <see cref="Adadelta"/>; its states are the running averages of g² and Δ².</summary>
internal readonly struct AdadeltaRule(double lr, double rho, double eps, double weight_decay, bool maximize) : IUpdateRule
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Apply<V>(ref V param, V grad, ref V square_avg, ref V acc_delta, ref V unused) where V : struct, ILanes<V>
    {
        if (maximize) grad = -grad;
        if (weight_decay != 0) grad += weight_decay * param;
        square_avg = rho * square_avg + (1 - rho) * grad * grad;
        var delta = V.Sqrt(acc_delta + eps) / V.Sqrt(square_avg + eps) * grad;
        param -= lr * delta;
        acc_delta = rho * acc_delta + (1 - rho) * delta * delta;
    }
}
