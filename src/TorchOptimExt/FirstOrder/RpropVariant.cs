using TorchOptimExt.Rules;
using TorchOptimExt.Stepping;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.FirstOrder;

/// <summary>What the three Rprop variants share: the state (previous gradient, step size) and the options.</summary>
/// <typeparam name="TRule">The variant's update.</typeparam>
public abstract class RpropVariant<TRule> : ElementwiseOptimizer<RpropOptions, TRule> where TRule : struct, IUpdateRule
{
    private protected RpropVariant(RpropOptions defaults) : base(defaults) { }

    private protected static RpropOptions Defaults(double lr, double etaminus, double etaplus, double min_step, double max_step, bool maximize) =>
        new() { LearningRate = lr, etaminus = etaminus, etaplus = etaplus, min_step = min_step, max_step = max_step, maximize = maximize };

    /// <inheritdoc/>
    protected override (double[] numbers, Tensor[] tensors) InitialState(Parameter parameter, OptimizerOptions options)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        ArgumentNullException.ThrowIfNull(options);
        using var quiet = no_grad();
        var shape = parameter.shape;
        return ([], [zeros(shape, parameter.dtype, parameter.device), full(shape, options.LearningRate!.Value, parameter.dtype, parameter.device)]);
    }
}
