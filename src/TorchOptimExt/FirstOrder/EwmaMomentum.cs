using System.Runtime.CompilerServices;
using TorchOptimExt.Parameters;
using TorchOptimExt.Rules;
using TorchOptimExt.Stepping;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.FirstOrder;

/// <summary>
/// Gradient descent along an exponentially weighted moving average of the gradient.
/// <code>
/// v ← β v + (1 − β) g      from v = 0
/// w ← β w + (1 − β)        from w = 0: the sum of the weights in v, 1 − βᵗ after t updates with the same β
/// θ ← θ − lr · v,          with bias correction θ − lr · v / w
/// </code>
/// </summary>
/// <remarks>
/// Smooths the noise of mini-batches. lr keeps its scale whatever β is, unlike with the momentum of <see cref="Fused.SGD"/>,
/// where a constant gradient leads to steps of lr / (1 − μ) times the gradient; without bias correction the first steps are short, with it
/// the first is a plain gradient step.
/// <para>Schedules that cycle the momentum (OneCycleLR, CyclicLR) set β; the bias correction follows.</para>
/// <para>Source: B. T. Polyak, "Some methods of speeding up the convergence of iteration methods", 1964, with the average normalized; bias
/// correction as in D. P. Kingma and J. Ba, ICLR 2015, section 3.</para>
/// </remarks>
/// <example>
/// <code>
/// var optimizer = torch.optim.EwmaMomentum(model.parameters(), lr: 0.1, beta: 0.9);
/// optimizer.zero_grad();
/// torch.nn.functional.mse_loss(model.forward(x), y).backward();
/// optimizer.step();
/// </code>
/// </example>
[Optimizer]
public sealed partial class EwmaMomentum : ElementwiseOptimizer<EwmaMomentum.Options, EwmaMomentumRule>
{
    /// <inheritdoc/>
    protected override (double[] numbers, Tensor[] tensors) InitialState(Parameter parameter, OptimizerOptions options)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        return ([0], [StateLike(parameter)]);      // the number: the sum of the weights in the average
    }

    /// <inheritdoc/>
    protected override EwmaMomentumRule Rule(Options options, TensorState state)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(state);
        var (lr, weight) = (options.LearningRate!.Value, Weight(options, state));
        // nothing in the average is no step
        return new(!options.bias_correction!.Value ? lr : weight > 0 ? lr / weight : 0, options.beta!.Value);
    }

    /// <inheritdoc/>
    protected override void Updated(Options options, TensorState state)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(state);
        state.numbers[0] = Weight(options, state);
    }

    private static double Weight(Options options, TensorState state) => options.beta!.Value * state.numbers[0] + (1 - options.beta!.Value);

    /// <summary>The hyperparameters of a group. What is null takes the optimizer's.</summary>
    public sealed partial class Options : HyperparameterOptions
    {
        /// <summary>Learning rate, ≥ 0.</summary>
        [Hyperparameter(AtLeast = 0)]
        public override double? lr { get => base.lr; set => base.lr = value; }

        /// <summary>β, the weight of the past in the average; 0 ≤ β &lt; 1. About 1 / (1 − β) gradients count.</summary>
        [Hyperparameter(Default = 0.9, AtLeast = 0, Below = 1, Momentum = true)]
        public double? beta { get; set; }

        /// <summary>Whether to divide the average by the sum of its weights, which is below 1 in the first steps.</summary>
        [Hyperparameter(Default = false)]
        public bool? bias_correction { get; set; }
    }
}

/// <summary>The update of <see cref="EwmaMomentum"/>; its state is the moving average.</summary>
/// <param name="lr">The learning rate, divided by the bias correction if there is one.</param>
/// <param name="beta">β, the weight of the past in the average.</param>
public readonly struct EwmaMomentumRule(double lr, double beta) : IUpdateRule
{
    /// <inheritdoc/>
    /// <param name="average">The moving average, updated in place.</param>
    /// <param name="unused">Not used.</param>
    /// <param name="unused2">Not used.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Apply<V>(ref V param, V grad, ref V average, ref V unused, ref V unused2) where V : struct, ILanes<V>
    {
        average = beta * average + (1 - beta) * grad;
        param -= lr * average;
    }
}
