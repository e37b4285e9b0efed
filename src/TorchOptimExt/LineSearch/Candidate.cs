namespace TorchOptimExt.LineSearch;

/// <summary>A direction before the search along it; see <see cref="LineSearchStep"/>.</summary>
/// <param name="Kind">Which it is.</param>
/// <param name="Slope">gᵀd.</param>
/// <param name="First">The step size to try first.</param>
internal readonly record struct Candidate(DirectionKind Kind, double Slope, double First)
{
    /// <summary>The curvature in the model of the decrease; 0 for none.</summary>
    public double Curvature { get; init; }

    /// <summary>From which value the decrease is measured; null for that where the step begins.</summary>
    public double? Reference { get; init; }

    /// <summary>Whether the direction comes from a memory that may be wrong: it is given up when its step sizes collapse.</summary>
    public bool Remembered { get; init; }

    /// <summary>Products of the Hessian that it took.</summary>
    public int HessianProducts { get; init; }

    /// <summary>Hessians that it took.</summary>
    public int Hessians { get; init; }

    /// <summary>−g, which needs no more than the gradient.</summary>
    public static Candidate Downhill(Point at, double first)
    {
        foreach (var leg in at.Legs) leg.PointDownhill();
        return new(DirectionKind.NegativeGradient, at.Legs.Sum(leg => leg.Slope), first);
    }
}
