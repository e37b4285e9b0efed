using System.Runtime.CompilerServices;
using TorchOptimExt.Parameters;
using TorchOptimExt.Rules;
using TorchOptimExt.Stepping;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MyOptimizers;

/// <summary>Lion: X. Chen et al., "Symbolic Discovery of Optimization Algorithms", 2023, program 1.</summary>
public sealed class Lion : ElementwiseOptimizer<Lion.Options, LionRule>
{
    public Lion(IEnumerable<Parameter> parameters, double lr = 1e-4, double beta1 = 0.9, double beta2 = 0.99, double weight_decay = 0)
        : base(new Options { LearningRate = lr, beta1 = beta1, beta2 = beta2, weight_decay = weight_decay }) => AddGroup<Options>(parameters);

    // What a parameter starts with: no numbers, one tensor.
    protected override (double[] numbers, Tensor[] tensors) InitialState(Parameter parameter, OptimizerOptions options) =>
        ([], [StateLike(parameter)]);

    protected override LionRule Rule(Options options, TensorState state) =>
        new(options.LearningRate!.Value, options.beta1!.Value, options.beta2!.Value, options.weight_decay!.Value);

    public sealed class Options : HyperparameterOptions
    {
        protected override HyperparameterTable Table => HyperparameterTable.Of<Options>();
        [Hyperparameter(AtLeast = 0, Below = 1)] public double? beta1 { get; set; }
        [Hyperparameter(AtLeast = 0, Below = 1)] public double? beta2 { get; set; }
        [Hyperparameter(AtLeast = 0)] public double? weight_decay { get; set; }
    }
}

public readonly struct LionRule(double lr, double beta1, double beta2, double weight_decay) : IUpdateRule
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Apply<V>(ref V param, V grad, ref V momentum, ref V unused, ref V unused2) where V : struct, ILanes<V>
    {
        param -= lr * (V.Sign(beta1 * momentum + (1 - beta1) * grad) + weight_decay * param);
        momentum = beta2 * momentum + (1 - beta2) * grad;
    }
}
