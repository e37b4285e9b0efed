namespace TorchOptimExt.LineSearch;

/// <summary>How a step goes on from a point whose gradient is finite: a descent along directions, or a trust region. Made anew for each
/// step from the settings.</summary>
internal interface IStepMethod
{
    /// <summary>Whether gradients must keep their graph, for products of the Hessian with a vector.</summary>
    bool UsesCurvature { get; }

    /// <summary>Whether the gradient where a step ends is needed by the method itself.</summary>
    bool UsesEnd { get; }

    /// <summary>Makes one step.</summary>
    /// <returns>The report, without what is counted over the whole step; and the point where the step ended, where trials keep their graphs
    /// and it moved.</returns>
    (LineSearchStep report, Point? end) Advance(Point at, Trials trials, StoppingRule stop);

    /// <summary>Where the gradient vanishes: whether the Hessian is at hand and shows negative curvature.</summary>
    bool CanEscape(Point at);

    /// <summary>Where the gradient vanishes: goes along negative curvature where the Hessian shows it. Null where it shows none, or is not
    /// at hand.</summary>
    (LineSearchStep report, Point? end)? Escape(Point at, Trials trials);
}
