namespace TorchOptimExt;

/// <summary>Along which direction a line search went.</summary>
public enum DirectionKind
{
    /// <summary>None: the step ended before.</summary>
    None,

    /// <summary>−g; also what a direction that does not descend falls back to.</summary>
    NegativeGradient,

    /// <summary>−(g + momentum · previous).</summary>
    Momentum,

    /// <summary>−H⁻¹g with the exact Hessian, which is positive definite.</summary>
    Newton,

    /// <summary>−(H + τI)⁻¹g: the exact Hessian is not positive definite.</summary>
    ShiftedNewton,

    /// <summary>Conjugate gradients on Hessian-vector products, to the wanted residual.</summary>
    NewtonCG,

    /// <summary>Conjugate gradients that ended before: at a direction of negative curvature or after max_cg iterations.</summary>
    TruncatedNewtonCG,
}
