using TorchOptimExt.Rules;
using TorchOptimExt.Tensors;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.Tests.FirstOrder;

/// <summary>An update rule on whole tensors, for optimizers that themselves run it on registers only.</summary>
/// <param name="parameters">The parameters.</param>
/// <param name="rule">The rule of the step of a number, from 1.</param>
/// <param name="start">What each state tensor is filled with at first.</param>
internal sealed class RuleOnTensors<TRule>(IReadOnlyList<Parameter> parameters, Func<int, TRule> rule, params double[] start) where TRule : struct, IUpdateRule
{
    private readonly Tensor[][] states = [.. parameters.Select(p => start.Select(x => full(p.shape, x, p.dtype)).ToArray())];
    private int step;

    public void Step(Tensor loss)
    {
        step++;
        for (var k = 0; k < parameters.Count; k++)
        {
            using var grad = parameters[k].grad;
            if (grad is not null) TensorPass.Run(rule(step), parameters[k], grad, At(k, 0), At(k, 1), At(k, 2));
        }
    }

    private Tensor? At(int parameter, int k) => k < start.Length ? states[parameter][k] : null;
}
