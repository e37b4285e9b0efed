using TorchOptimExt.Rules;
using TorchOptimExt.Stepping;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.FirstOrder;

/// <summary>What the three Rprop variants share: the state (previous gradient, step size) and the options.</summary>
/// <typeparam name="TOptions">The variant's options.</typeparam>
/// <typeparam name="TRule">The variant's update.</typeparam>
public abstract class RpropVariant<TOptions, TRule> : ElementwiseOptimizer<TOptions, TRule>
    where TOptions : RpropOptions, new()
    where TRule : struct, IUpdateRule
{
    private protected RpropVariant(TOptions defaults) : base(defaults) { }

    /// <inheritdoc/>
    protected override (double[] numbers, Tensor[] tensors) InitialState(Parameter parameter, OptimizerOptions options)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        ArgumentNullException.ThrowIfNull(options);
        var step_size = StateLike(parameter, options.LearningRate!.Value, "lr");     // the one that may be refused comes first
        return ([], [StateLike(parameter), step_size]);
    }
}
