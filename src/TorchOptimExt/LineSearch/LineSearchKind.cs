namespace TorchOptimExt.LineSearch;

/// <summary>How <see cref="WolfeLBFGS"/> searches along a direction.</summary>
public enum LineSearchKind
{
    /// <summary>For both Wolfe conditions, so that every step gives a pair of positive curvature.</summary>
    StrongWolfe,

    /// <summary>By backtracking for a sufficient decrease alone: one backward pass a step; a pair without positive curvature is
    /// skipped.</summary>
    Armijo,
}
