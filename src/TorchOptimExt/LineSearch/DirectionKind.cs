namespace TorchOptimExt.LineSearch;

/// <summary>The direction d along which a step went, up to the learning rates.</summary>
public enum DirectionKind
{
    /// <summary>No direction: the step ended before it chose one.</summary>
    None,

    /// <summary>−g; also taken where another direction does not descend or its search fails.</summary>
    NegativeGradient,

    /// <summary>−(g + momentum · previous).</summary>
    Momentum,

    /// <summary>−Hg with the approximate inverse Hessian of a limited memory.</summary>
    QuasiNewton,

    /// <summary>−H⁻¹g with the exact Hessian, which is positive definite.</summary>
    Newton,

    /// <summary>−|H|⁻¹g with the exact Hessian, which is not positive definite.</summary>
    SaddleFreeNewton,

    /// <summary>Conjugate gradients on Hessian-vector products, which reached the wanted residual.</summary>
    NewtonCG,

    /// <summary>Conjugate gradients that ended before the wanted residual: at a direction of negative curvature or after max_cg
    /// iterations.</summary>
    TruncatedNewtonCG,

    /// <summary>The minimizer of the quadratic model on the boundary of a trust region.</summary>
    TrustRegion,

    /// <summary>An eigenvector of a negative eigenvalue of the Hessian, away from a saddle or maximum.</summary>
    NegativeCurvature,
}
