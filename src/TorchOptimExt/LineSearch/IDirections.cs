namespace TorchOptimExt.LineSearch;

/// <summary>Where a descent may go from a point.</summary>
internal interface IDirections
{
    /// <summary>Whether gradients must keep their graph.</summary>
    bool UseCurvature { get; }

    /// <summary>Whether the gradient at the end of a step is learned from.</summary>
    bool UseEnd { get; }

    /// <summary>The directions in the order in which they are tried; the point's legs have the one that was asked for last.</summary>
    IEnumerable<Candidate> From(Point at);

    /// <summary>A direction of negative curvature where the gradient vanishes; null where there is none.</summary>
    Candidate? Down(Point at);

    /// <summary>Learns from a step that was accepted. <paramref name="end"/> is null where gradients there are not computed.</summary>
    void Accept(Point from, LineSearchStep step, Point? end);

    /// <summary>Learns from a search that failed.</summary>
    /// <param name="failed">The direction.</param>
    /// <param name="smallest">The smallest step size that was tried; 0 for none.</param>
    void Refuse(Candidate failed, double smallest);
}
