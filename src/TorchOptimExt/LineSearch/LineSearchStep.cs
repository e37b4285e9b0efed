namespace TorchOptimExt.LineSearch;

/// <summary>What a step of a line search did. F = ±f + ½·Σ λ‖θ‖² is what is minimized (f the loss, λ weight decay), g its gradient, d the
/// direction.</summary>
public sealed record LineSearchStep
{
    /// <summary>Why the step ended.</summary>
    public required LineSearchOutcome Outcome { get; init; }

    /// <summary>Whether the parameters moved. Where not, they have the same bits as before.</summary>
    public bool Moved => Step > 0;

    /// <summary>The accepted step size α, in multiples of d; 0 where none was accepted.</summary>
    public double Step { get; init; }

    /// <summary>The step size that was tried first; 0 where the step ended before the search.</summary>
    public double FirstTrial { get; init; }

    /// <summary>F before the step.</summary>
    public required double Before { get; init; }

    /// <summary>F after the step; that before it where nothing moved.</summary>
    public required double After { get; init; }

    /// <summary>The value from which the decrease of F is measured: F before the step, or the largest of the last <c>history</c> values; 0
    /// where the step ended before the search.</summary>
    public double Reference { get; init; }

    /// <summary>gᵀd, the derivative of F along d; 0 where the step ended before the search.</summary>
    public double Slope { get; init; }

    /// <summary>The curvature in the model of the decrease, b · dᵀHd; 0 where the method has none.</summary>
    public double Curvature { get; init; }

    /// <summary>The number of step sizes that were evaluated.</summary>
    public int Trials { get; init; }

    /// <summary>The number of calls of the closure: one where the step begins unless <c>minimize</c> knew that point, and one for each
    /// trial.</summary>
    public required int Evaluations { get; init; }

    /// <summary>The number of backward passes.</summary>
    public int Gradients { get; init; }

    /// <summary>max|g|, the largest absolute value in the gradient of F where the step began; NaN where F is not finite there.</summary>
    public double LargestGradient { get; init; }

    /// <summary>The direction along which the search went.</summary>
    public DirectionKind Direction { get; init; }

    // A direction that a limit cut off says nothing of how far the minimum is.
    internal bool IsWhole => Direction is not (DirectionKind.TruncatedNewtonCG or DirectionKind.TrustRegion);

    /// <summary>The trust region's radius, in units of the learning rates, within which the last trial lay; 0 for the line
    /// searches.</summary>
    public double Radius { get; init; }

    /// <summary>The number of products of the Hessian with a vector, each a backward pass through the gradient, without those for whole
    /// Hessians.</summary>
    public int HessianProducts { get; init; }

    /// <summary>The number of Hessians that were computed, each a backward pass through the gradient for every element.</summary>
    public int Hessians { get; init; }
}
