namespace TorchOptimExt.LineSearch;

/// <summary>−(g + momentum · previous), then −g.</summary>
/// <param name="settings">The optimizer's settings; each leg's options have its own momentum.</param>
/// <param name="memory">What the last steps left.</param>
internal sealed class GradientDirections(ArmijoGD.Options settings, DescentMemory memory) : IDirections
{
    private IReadOnlyList<Leg> legs = [];

    public bool UseCurvature => false;

    public bool UseEnd => false;

    public IEnumerable<Candidate> From(Point at)
    {
        legs = at.Legs;
        if (Momentum(at) is { } remembered) yield return remembered;
        var slope = Candidate.Downhill(at, 1).Slope;
        yield return new(DirectionKind.NegativeGradient, slope, First(at, slope)) { Reference = memory.Reference(at.Value) };
    }

    public Candidate? Down(Point at) => null;

    public void Accept(Point from, LineSearchStep step, Point? end)
    {
        foreach (var leg in from.Legs)
            if (leg.State.tensors.Length > 0) leg.State.tensors[0].copy_(leg.Direction);
        memory.Accept(step, from.Legs.Sum(leg => leg.LearningRate * step.Step * step.Step * Square(leg)));
    }

    public void Refuse(Candidate failed, double smallest)
    {
        if (failed.Kind == DirectionKind.NegativeGradient) memory.Refuse(smallest);
        else foreach (var leg in legs) leg.State.tensors[0].zero_();
    }

    // Measured from F itself: an inherited direction must not climb.
    private Candidate? Momentum(Point at)
    {
        var any = false;
        foreach (var leg in at.Legs)
        {
            leg.PointDownhill();
            if (Of(leg) is 0) continue;
            leg.Direction = leg.State.tensors[0].mul(Of(leg)).add_(leg.Gradient);
            any = true;
        }
        if (!any) return null;
        var slope = at.Legs.Sum(leg => leg.Slope);
        return slope < 0 ? new(DirectionKind.Momentum, slope, First(at, slope)) { Remembered = true } : null;
    }

    private double First(Point at, double slope)
    {
        var rule = settings.first_trial!.Value;
        if (rule == FirstTrial.Restart) return Math.Min(1, settings.max_step!.Value);
        var facts = memory.Facts(slope) with
        {
            GradientSum = at.GradientSum,
            InverseCurvature = rule == FirstTrial.BarzilaiBorwein ? memory.InverseCurvature(Along(at)) : double.NaN,
        };
        return Math.Max(settings.min_step!.Value, Math.Min(settings.max_step!.Value, facts.Choose(rule, settings.growth!.Value)));
    }

    // gᵀ(last direction), learning rates included.
    private static double Along(Point at) =>
        at.Legs.Sum(leg => leg.State.tensors.Length == 0 ? 0
            : -leg.LearningRate * Leg.Wide(leg.Gradient).dot(Leg.Wide(leg.State.tensors[0])).item<double>());

    private static double Square(Leg leg)
    {
        var direction = Leg.Wide(leg.Direction);
        return direction.dot(direction).item<double>();
    }

    private static double Of(Leg leg) => ((ArmijoGD.Options)leg.Options).momentum!.Value;
}
