namespace TorchOptimExt.LineSearch;

/// <summary>A step along the first of several directions on which a search finds a step size.</summary>
internal sealed class Descent(IDirections directions, RaySearch search) : IStepMethod
{
    // A remembered direction whose step size must be that much smaller than its first trial is no good.
    private const double Collapse = 1e-3;

    public bool UsesCurvature => directions.UseCurvature;

    public bool UsesEnd => directions.UseEnd;

    public (LineSearchStep report, Point? end) Advance(Point at, Trials trials, StoppingRule stop)
    {
        LineSearchStep? report = null;
        var (products, hessians, promised) = (0, 0, 0.0);
        foreach (var candidate in directions.From(at))
        {
            products += candidate.HessianProducts;
            hessians += candidate.Hessians;
            if (report is not null) trials.Restart();
            var result = search(trials, at.Value, candidate, candidate.Remembered ? Collapse * candidate.First : 0);
            report = Report(at, candidate, result) with { HessianProducts = products, Hessians = hessians };
            if (report.Moved && !stop.IsIdle(at.Value, result.Value, result.Step, candidate.First))
            {
                var end = trials.Take(result.Step);
                directions.Accept(at, report, end);
                return (report, end);
            }
            if (report.Moved) report = report with { Outcome = LineSearchOutcome.Stalled, Step = 0, After = at.Value };
            promised = -result.Smallest * candidate.Slope;
            directions.Refuse(candidate, result.Smallest);
        }
        // Or the noise of F is greater than its rounding, and the last trial promised no more than that.
        if (stop.IsRounding(at.Value, trials.Lowest) || (!stop.IsLowered(at.Value, trials.Lowest) && promised > 0
            && stop.IsRounding(at.Value, at.Value - promised)))
            report = report! with { Outcome = LineSearchOutcome.Stalled };
        return (report!, null);
    }

    public bool CanEscape(Point at) => directions.Down(at) is not null;

    public (LineSearchStep report, Point? end)? Escape(Point at, Trials trials)
    {
        if (directions.Down(at) is not { } candidate) return null;
        var result = search(trials, at.Value, candidate, 0);
        var report = Report(at, candidate, result);
        return report.Moved ? (report, trials.Take(result.Step)) : (report with { Outcome = LineSearchOutcome.Saddle }, null);
    }

    private static LineSearchStep Report(Point at, Candidate candidate, RaySearchResult result) => new()
    {
        Outcome = result.Outcome,
        Step = result.Step,
        FirstTrial = candidate.First,
        Before = at.Value,
        After = result.Value,
        Reference = candidate.Reference ?? at.Value,
        Slope = candidate.Slope,
        Curvature = candidate.Curvature,
        Direction = candidate.Kind,
        HessianProducts = candidate.HessianProducts,
        Hessians = candidate.Hessians,
        Evaluations = 0,
    };
}
