namespace TorchOptimExt.LineSearch;

/// <summary>The direction d along which a line search went, up to the learning rates.</summary>
public enum DirectionKind
{
    /// <summary>No direction: the step ended before it chose one.</summary>
    None,

    /// <summary>−g; also taken where another direction would not descend.</summary>
    NegativeGradient,

    /// <summary>−(g + momentum · previous).</summary>
    Momentum,

    /// <summary>−H⁻¹g with the exact Hessian, which is positive definite.</summary>
    Newton,

    /// <summary>−(H + τI)⁻¹g with the exact Hessian, which is not positive definite.</summary>
    ShiftedNewton,

    /// <summary>Conjugate gradients on Hessian-vector products, which reached the wanted residual.</summary>
    NewtonCG,

    /// <summary>Conjugate gradients that ended before the wanted residual: at a direction of negative curvature or after max_cg iterations.</summary>
    TruncatedNewtonCG,
}
