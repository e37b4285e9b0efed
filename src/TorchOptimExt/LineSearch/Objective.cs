using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.LineSearch;

/// <summary>
/// F = ±f + ½·Σ λ‖θ‖² at the parameters' present values. Every evaluation draws the same random numbers: the state of the
/// CPU's generator is that before the first one; for parameters on CUDA, whose state cannot be read, each begins from one seed.
/// </summary>
internal sealed class Objective : IDisposable
{
    private readonly string name;
    private readonly Func<Tensor> closure;
    private readonly IReadOnlyList<(Parameter parameter, double decay)> parameters;
    private readonly double sign;
    private readonly long? seed;
    private readonly Tensor random;

    public Objective(string name, Func<Tensor> closure, IReadOnlyList<(Parameter parameter, double decay)> parameters, double sign)
    {
        (this.name, this.closure, this.parameters, this.sign) = (name, closure, parameters, sign);
        if (parameters.Any(p => p.parameter.device_type == DeviceType.CUDA)) seed = Draw();
        random = torch.random.get_rng_state().DetachFromDisposeScope();
    }

    /// <summary>How often the closure was called.</summary>
    public int Evaluations { get; private set; }

    /// <summary>The loss with its graph, for one backward pass. The parameters' gradients are null then.</summary>
    /// <exception cref="InvalidOperationException">It is no differentiable number, or the closure ran the backward pass.</exception>
    public Tensor Differentiable()
    {
        foreach (var (parameter, _) in parameters) parameter.grad = null;
        using var on = enable_grad();
        var loss = Number(Evaluate());
        foreach (var (parameter, _) in parameters)
        {
            using var grad = parameter.grad;
            if (grad is not null) throw Wrong("the closure called backward(); it must only compute and return the loss, the optimizer differentiates it");
        }
        if (!loss.requires_grad) throw Wrong("the loss does not require gradients; the closure must compute it from the parameters with gradients on, without detach(), item() or no_grad()");
        return loss;
    }

    /// <summary>F after the parameters were moved. What the closure makes is disposed.</summary>
    public double Again()
    {
        using var scope = NewDisposeScope();
        using var off = no_grad();
        torch.random.set_rng_state(random);
        return Value(Number(Evaluate()));
    }

    /// <summary>F from f.</summary>
    public double Value(Tensor loss) => sign * loss.ToDouble() + parameters.Sum(p => Decay(p.parameter, p.decay));

    public void Dispose() => random.Dispose();

    private Tensor Evaluate()
    {
        if (seed is { } value) cuda.manual_seed_all(value);
        Evaluations++;
        return closure();
    }

    private static long Draw()
    {
        using var uniform = rand(1, dtype: ScalarType.Float64);
        return (long)Math.ScaleB(uniform.item<double>(), 53);
    }

    private Tensor Number(Tensor loss)
    {
        if (loss is null || loss.NumberOfElements != 1 || !loss.is_floating_point()) throw Wrong("the closure must return the loss, a floating-point tensor of one element");
        return loss;
    }

    private static double Decay(Parameter parameter, double decay)
    {
        if (decay == 0) return 0;
        var elements = Leg.Wide(parameter);
        return 0.5 * decay * elements.dot(elements).item<double>();
    }

    private InvalidOperationException Wrong(string what) => new($"{name}: {what}.");
}
