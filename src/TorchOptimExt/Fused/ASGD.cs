using System.Runtime.CompilerServices;
using TorchOptimExt.Parameters;
using TorchOptimExt.Rules;
using TorchOptimExt.Stepping;
using TorchSharp.Modules;

namespace TorchOptimExt.Fused;

/// <summary>
/// Averaged stochastic gradient descent in one pass over memory: TorchSharp's <see cref="TorchSharp.Modules.ASGD"/> with the same options,
/// state and numbers.
/// <code>
/// g ← ∇f(θ), −∇f(θ) to maximize;   g ← g + weight_decay · θ
/// θ ← (1 − λ η) θ − η g                        (η = lr in the first update)
/// a ← a + μ (θ − a),   θ where μ = 1             (the average; μ = 1 in the first update)
/// η ← lr / (1 + λ lr t)^α,   μ ← 1 / max(1, t − t₀)      (t: the parameter's updates, from 1)
/// </code>
/// </summary>
/// <remarks>
/// The average a, in the state's <c>ax</c>, is what to use in the end: it converges as fast as a second-order method would, once averaging
/// has begun at t₀.
/// <para>As in TorchSharp, lr is 0.01 for <c>new ASGD</c> and 0.001 for <c>torch.optim.fused.ASGD</c>; of the others only the sign of lr is
/// checked.</para>
/// <para>Source: B. T. Polyak and A. B. Juditsky, "Acceleration of Stochastic Approximation by Averaging", SIAM Journal on Control and
/// Optimization 30, 1992, as in PyTorch.</para>
/// <para>Each parameter is updated in one pass over its memory where that can be, else by tensor operations: see
/// <see cref="IFusedOptimizer"/>.</para>
/// <para>A step in one pass writes into the parameters' memory without raising their autograd version: do not call <c>backward</c> on a
/// graph that was built before the step.</para>
/// </remarks>
/// <example>
/// <code>
/// var optimizer = torch.optim.fused.ASGD(model.parameters());
/// optimizer.zero_grad();
/// torch.nn.functional.mse_loss(model.forward(x), y).backward();
/// optimizer.step();
/// </code>
/// </example>
[FusedOptimizer(FactoryRate = 1e-3)]
public partial class ASGD : TorchSharp.Modules.ASGD
{
    /// <summary>Creates an optimizer for these parameters.</summary>
    /// <param name="parameters">The parameters, each once.</param>
    /// <param name="lr">Learning rate, ≥ 0.</param>
    /// <param name="lambd">λ, how fast θ and the learning rate decay.</param>
    /// <param name="alpha">α, the power with which the learning rate decays.</param>
    /// <param name="t0">t₀, the updates before the average begins.</param>
    /// <param name="weight_decay">Weight decay: weight_decay · θ is added to the gradient.</param>
    /// <param name="maximize">Whether to maximize the objective instead of minimizing it.</param>
    /// <exception cref="ArgumentNullException"><paramref name="parameters"/> is null.</exception>
    /// <exception cref="ArgumentException">A hyperparameter is out of its range. As in TorchSharp, NaN is not refused.</exception>
    public ASGD(
        IEnumerable<Parameter> parameters, double lr = 1e-2, double lambd = 1e-4, double alpha = 0.75, double t0 = 1e6,
        double weight_decay = 0, bool maximize = false)
        : base(parameters, lr, lambd, alpha, t0, weight_decay, maximize) { }

    private sealed class Step : FusedStep<Options, State, ASGDRule>
    {
        protected override ASGDRule Rule(Options o, State s) => new(o.lambd!.Value, o.weight_decay!.Value, s.eta, s.mu, o.maximize!.Value);

        protected override StateTensors Owned(State s) => new(s.ax);

        protected override void Own(State s, StateTensors tensors) => (s.ax, _, _) = tensors;

        protected override void CopyNumbers(State from, State to) => (to.step, to.eta, to.mu) = (from.step, from.eta, from.mu);

        protected override void Updated(Options o, State s)
        {
            s.step++;
            s.eta = o.LearningRate!.Value / Math.Pow(1 + o.lambd!.Value * o.LearningRate!.Value * s.step, o.alpha!.Value);
            s.mu = 1 / Math.Max(1, s.step - o.t0!.Value);
        }
    }
}

/// <summary>The update of <see cref="ASGD"/> at the present η and μ; its state is the average.</summary>
internal readonly struct ASGDRule(double lambd, double weight_decay, double eta, double mu, bool maximize) : IUpdateRule
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Apply<V>(ref V param, V grad, ref V ax, ref V unused, ref V unused2) where V : struct, ILanes<V>
    {
        if (maximize) grad = -grad;
        if (weight_decay != 0) grad += weight_decay * param;
        param *= 1 - lambd * eta;
        param -= eta * grad;
        ax = mu == 1 ? param : ax + (param - ax) * mu;
    }
}
