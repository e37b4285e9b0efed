using TorchOptimExt.Elementwise;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.Fused;

/// <summary>What the fused versions of TorchSharp's optimizers share: gathering what a step visits, all of it or nothing.</summary>
internal sealed class FusedStep<TRule> where TRule : struct, IUpdateRule
{
    private readonly FusedPass<TRule> pass = new();
    private readonly List<OptimizerState> visited = [];
    private int parameter;

    public bool Fused { get; private set; }
    public string? NotFusedBecause { get; private set; }

    /// <summary>Evaluates the closure with gradients on, as TorchSharp does, and begins a step.</summary>
    public Tensor? Begin(Func<Tensor>? closure)
    {
        (Fused, NotFusedBecause, parameter) = (false, null, -1);
        pass.Clear();
        visited.Clear();
        if (closure is null) return null;
        using var on = enable_grad();
        return closure();
    }

    /// <summary>The gradient of the next parameter; null where it has none and is skipped.</summary>
    public Tensor? Gradient(Parameter param)
    {
        parameter++;
        return param.grad;
    }

    /// <summary>Adds a parameter; false where it cannot take the fused path.</summary>
    public bool Add(in TRule rule, Parameter param, Tensor grad, OptimizerState state, Tensor? first = null, Tensor? second = null, Tensor? third = null)
    {
        visited.Add(state);
        if (pass.Add(rule, param, grad, first, second, third)) return true;
        NotFusedBecause = $"parameter {parameter} cannot be visited in one pass: {pass.Refused}";
        return false;
    }

    /// <summary>Visits all that was added and gives their states, whose step counts are then one more.</summary>
    public List<OptimizerState> Run()
    {
        pass.Run();
        Fused = true;
        return visited;
    }
}
