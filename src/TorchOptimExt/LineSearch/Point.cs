using static TorchSharp.torch;

namespace TorchOptimExt.LineSearch;

/// <summary>What is known where the parameters are: F, and the gradient where it was computed.</summary>
internal sealed class Point : IDisposable
{
    private readonly Tensor[] buffers;

    /// <param name="value">F.</param>
    /// <param name="legs">The parameters that take part.</param>
    /// <param name="buffers">What the evaluation made of the buffers.</param>
    /// <param name="reduction">What derivatives go through.</param>
    /// <param name="origin">The legs along which a trial led here.</param>
    public Point(double value, IReadOnlyList<Leg> legs, Tensor[]? buffers = null, Action<IReadOnlyList<Tensor>>? reduction = null,
        IReadOnlyList<Leg>? origin = null)
    {
        var before = origin?.ToDictionary(leg => leg.Parameter.Handle);
        foreach (var leg in legs) if (before?.GetValueOrDefault(leg.Parameter.Handle) is { } from) leg.Survey(from);
        (Value, Legs, this.buffers, Reduction) = (value, legs, buffers ?? [], reduction);
        LargestGradient = legs.Count == 0 ? double.NaN : legs.Select(leg => leg.LargestGradient).Aggregate(Math.Max);
    }

    public double Value { get; }

    /// <summary>The parameters that take part, each with its gradient; none where F is not finite or none takes part.</summary>
    public IReadOnlyList<Leg> Legs { get; }

    /// <summary>max|g|; NaN where an element is, or there is none.</summary>
    public double LargestGradient { get; }

    /// <summary>Whether the parameters have learning rates that differ.</summary>
    public bool HasRates => Legs.Any(leg => leg.LearningRate != Legs[0].LearningRate);

    /// <summary>What products of the Hessian go through before they are used; null for none.</summary>
    public Action<IReadOnlyList<Tensor>>? Reduction { get; }

    /// <summary>Σ|g|.</summary>
    public double GradientSum => Legs.Sum(leg => Leg.Wide(leg.Gradient).abs().sum().item<double>());

    /// <summary>‖g‖₂, also where its square is beyond float64.</summary>
    public double GradientNorm
    {
        get
        {
            var square = Legs.Sum(leg => Leg.Dot(leg.Gradient, leg.Gradient));
            return double.IsFinite(square) ? Math.Sqrt(square) : LargestGradient * Math.Sqrt(Legs.Sum(Scaled));

            double Scaled(Leg leg) => Leg.Wide(leg.Gradient).div(LargestGradient).square().sum().item<double>();
        }
    }

    /// <summary>‖θ‖₂ of the parameters that take part, where they are now.</summary>
    public double ParameterNorm => Math.Sqrt(Legs.Sum(leg => Leg.Dot(leg.Parameter.detach(), leg.Parameter.detach())));

    /// <summary>max|θ|, at least 1, of the parameters that take part.</summary>
    public double Reach => Legs.Where(leg => leg.Parameter.NumberOfElements > 0)
        .Aggregate(1.0, (most, leg) => Math.Max(most, Leg.Wide(leg.Parameter.detach()).abs().max().item<double>()));

    /// <summary>gᵀd along the legs' directions, which may be those of another point.</summary>
    public double SlopeAlong(IReadOnlyList<Leg> legs)
    {
        using var scope = NewDisposeScope();
        var own = Legs.ToDictionary(leg => leg.Parameter.Handle);
        return legs.Sum(leg => own.TryGetValue(leg.Parameter.Handle, out var here)
            ? leg.Scale * (here.Surveyed(leg.Direction)?.along ?? Leg.Dot(here.Gradient, leg.Direction)) : 0);
    }

    /// <summary>Gives the parameters their gradients of f as <c>grad</c>.</summary>
    public void LeaveGradients()
    {
        foreach (var leg in Legs) leg.Parameter.grad = leg.Plain.detach();
    }

    /// <summary>Sets buffers to what the evaluation here made of them.</summary>
    public void LeaveBuffers(KeptBuffers kept)
    {
        kept.Put(buffers);
        kept.Keep();
    }

    /// <summary>Keeps the tensors beyond the open dispose scope.</summary>
    public Point Detach()
    {
        foreach (var leg in Legs)
        {
            leg.Found.DetachFromDisposeScope();
            leg.Plain.DetachFromDisposeScope();
            leg.Gradient.DetachFromDisposeScope();
        }
        return this;
    }

    public void Dispose()
    {
        foreach (var leg in Legs)
        {
            leg.Found.Dispose();
            leg.Plain.Dispose();
            leg.Gradient.Dispose();
        }
        foreach (var buffer in buffers) buffer.Dispose();
    }
}
