using System.Runtime.CompilerServices;
using TorchOptimExt.Parameters;
using TorchOptimExt.Rules;
using TorchOptimExt.Stepping;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.Fused;

/// <summary>
/// Stochastic gradient descent in one pass over memory: TorchSharp's <see cref="TorchSharp.Modules.SGD"/> with the same options, state and
/// numbers.
/// <code>
/// g ← ∇f(θ) + weight_decay · θ
/// b ← g in the first update, then μ b + (1 − dampening) g      with momentum μ
/// g ← g + μ b with nesterov, b otherwise                       with momentum μ
/// θ ← θ − lr · g,   θ + lr · g to maximize
/// </code>
/// </summary>
/// <remarks>
/// With momentum and a decaying learning rate still hard to beat on vision models. Batch, stochastic and mini-batch gradient descent are
/// this one optimizer: they differ in what the loss averages over.
/// <para>To maximize, TorchSharp turns the sign of the step, not of the gradient, unlike PyTorch: weight decay then lets θ grow. The
/// momentum starts as the first gradient, undamped.</para>
/// <para>Source: H. Robbins and S. Monro, 1951; momentum: B. T. Polyak, 1964; nesterov: I. Sutskever, J. Martens, G. Dahl and G. Hinton,
/// "On the importance of initialization and momentum in deep learning", ICML 2013, as in PyTorch.</para>
/// <para>A step in one pass writes into the parameters' memory without raising their autograd version: do not call <c>backward</c> on a
/// graph that was built before the step.</para>
/// </remarks>
/// <example>
/// <code>
/// var optimizer = torch.optim.fused.SGD(model.parameters(), 0.1, momentum: 0.9);
/// optimizer.zero_grad();
/// torch.nn.functional.mse_loss(model.forward(x), y).backward();
/// optimizer.step();
/// </code>
/// </example>
[FusedOptimizer(TakesSparse = true, FactoryRateName = "learningRate")]
public partial class SGD : TorchSharp.Modules.SGD
{
    /// <summary>Creates an optimizer for these parameters.</summary>
    /// <param name="parameters">The parameters, each once.</param>
    /// <param name="lr">Learning rate, ≥ 0.</param>
    /// <param name="momentum">Momentum μ, ≥ 0.</param>
    /// <param name="dampening">The part of each gradient but the first that the momentum leaves out; not checked, 0 takes all of
    /// it.</param>
    /// <param name="weight_decay">Weight decay, ≥ 0: weight_decay · θ is added to the gradient.</param>
    /// <param name="nesterov">Whether to look one momentum step ahead (Nesterov); needs momentum &gt; 0 and dampening = 0.</param>
    /// <param name="maximize">Whether to maximize the objective instead of minimizing it.</param>
    /// <exception cref="ArgumentNullException"><paramref name="parameters"/> is null.</exception>
    /// <exception cref="ArgumentException">A hyperparameter is out of its range. As in TorchSharp, NaN is not refused.</exception>
    public SGD(
        IEnumerable<Parameter> parameters, double lr, double momentum = 0, double dampening = 0, double weight_decay = 0,
        bool nesterov = false, bool maximize = false)
        : base(parameters, lr, momentum, dampening, weight_decay, nesterov, maximize) { }

    private sealed class Step : FusedStep<Options, State, SGDRule>
    {
        // Buffers that this step fills for the first time; they count when it has succeeded.
        private readonly Dictionary<State, Tensor> begun = [];

        protected override SGDRule Rule(
            Options o, State s) =>
            new(o.LearningRate!.Value, o.momentum!.Value, o.dampening!.Value, o.weight_decay!.Value,
                o.nesterov!.Value, o.maximize!.Value, s.momentum_buffer is null);

        protected override long? RuleKey(State s) => s.momentum_buffer is null ? 0 : 1;

        protected override StateTensors States(
            Options o, State s, Parameter param) =>
            new(o.momentum == 0 ? null : s.momentum_buffer ?? Begun(s, param));

        protected override StateTensors Owned(State s) => new(s.momentum_buffer);

        protected override void Own(State s, StateTensors tensors) => (s.momentum_buffer, _, _) = tensors;

        protected override void CopyNumbers(State from, State to) { }

        protected override void Updated(Options o, State s)
        {
            if (begun.Remove(s, out var buffer)) s.momentum_buffer = buffer;
        }

        protected override void Abandoned()
        {
            foreach (var buffer in begun.Values) buffer.Dispose();
            begun.Clear();
        }

        private Tensor Begun(State state, Parameter param)
        {
            if (begun.TryGetValue(state, out var other)) return other;      // of a parameter that is given twice
            using var quiet = no_grad();
            var buffer = empty_like(param).DetachFromDisposeScope();
            begun.Add(state, buffer);
            return buffer;
        }
    }
}

/// <summary>The update of <see cref="SGD"/>; its state is the momentum, if there is one.</summary>
internal readonly struct SGDRule(
    double lr, double momentum, double dampening, double weight_decay, bool nesterov, bool maximize, bool first) : IUpdateRule
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Apply<V>(ref V param, V grad, ref V momentum_buffer, ref V unused, ref V unused2) where V : struct, ILanes<V>
    {
        if (weight_decay != 0) grad += weight_decay * param;
        if (momentum != 0)
        {
            momentum_buffer = first ? grad : momentum * momentum_buffer + (1 - dampening) * grad;
            grad = nesterov ? grad + momentum * momentum_buffer : momentum_buffer;
        }
        param += (maximize ? lr : -lr) * grad;
    }
}
