namespace TorchOptimExt;

/// <summary>What a step of a line search did. F is ±f + ½·Σ λ‖θ‖², g its gradient, d the direction.</summary>
public sealed record LineSearchStep
{
    /// <summary>Why the step ended.</summary>
    public required LineSearchOutcome Outcome { get; init; }

    /// <summary>Whether the parameters moved. Where not, they have the same bits as before.</summary>
    public bool Moved => Step > 0;

    /// <summary>α, in multiples of the direction; 0 where none was accepted.</summary>
    public double Step { get; init; }

    /// <summary>F before the step.</summary>
    public required double Before { get; init; }

    /// <summary>F after the step; that before it where nothing moved.</summary>
    public required double After { get; init; }

    /// <summary>The value that F had to fall below: F before the step, or the largest of the last <c>history</c> ones.</summary>
    public double Reference { get; init; }

    /// <summary>gᵀd.</summary>
    public double Slope { get; init; }

    /// <summary>b · dᵀHd, the curvature in the model of the decrease; 0 for <see cref="ArmijoGD"/>.</summary>
    public double Curvature { get; init; }

    /// <summary>How many step sizes were evaluated.</summary>
    public int Trials { get; init; }

    /// <summary>How often the closure was called: once, and once a trial.</summary>
    public required int Evaluations { get; init; }

    /// <summary>max|g|, the largest element of the gradient of F.</summary>
    public double LargestGradient { get; init; }

    /// <summary>Along which direction the search went.</summary>
    public DirectionKind Direction { get; init; }

    /// <summary>τ, which was added to the Hessian's diagonal; 0 where none was needed.</summary>
    public double Shift { get; init; }

    /// <summary>How many products of the Hessian with a vector were computed, each a pass backwards through the gradient.</summary>
    public int HessianProducts { get; init; }
}
