namespace TorchOptimExt.LineSearch;

/// <summary>How a line search finds the next step size after α was refused.</summary>
public enum Interpolation
{
    /// <summary>α ← β·α.</summary>
    None,

    /// <summary>The minimizer of the parabola through F(θ), gᵀd and the refused value, kept within [0.1, 0.5]·α.</summary>
    Quadratic,

    /// <summary>The minimizer of the cubic through F(θ), gᵀd and the last two refused values (the first time: of the parabola), kept within
    /// [0.1, 0.5]·α.</summary>
    Cubic,
}
