using TorchSharp.Modules;

namespace TorchOptimExt.LineSearch;

/// <summary>−Hg with a limited memory, then −g, for which the memory begins anew.</summary>
/// <param name="memory">The memory, with a part for each parameter.</param>
/// <param name="parameters">All parameters, in the memory's order.</param>
/// <param name="scratch">Where the direction is kept.</param>
internal sealed class QuasiNewtonDirections(LimitedMemory memory, IReadOnlyList<Parameter> parameters, Scratch scratch) : IDirections
{
    private const double MostRounding = 0.01;

    public bool UseCurvature => false;

    public bool UseEnd => true;

    public IEnumerable<Candidate> From(Point at)
    {
        if (memory.Count > 0)
        {
            Point(at);
            yield return new(DirectionKind.QuasiNewton, at.Legs.Sum(leg => leg.Slope), 1) { Remembered = true };
        }
        yield return Candidate.Downhill(at, Math.Min(1, 1 / at.GradientNorm));
    }

    public Candidate? Down(Point at) => null;

    public void Accept(Point from, LineSearchStep step, Point? end)
    {
        var excess = memory.Spans ? Excess(from, step, end!) : Modification(from, step, end!);
        var after = end!.Legs.ToDictionary(leg => leg.Parameter.Handle);
        memory.Add([.. Aligned(from.Legs).Select(leg => leg is null ? default
            : Pair(leg, step.Step, after.GetValueOrDefault(leg.Parameter.Handle)))], excess);
    }

    private static PairPart Pair(Leg leg, double step, Leg? after)
    {
        var factor = step * leg.Scale;
        var pair = new PairPart(leg.Direction, factor, after?.Gradient, leg.Gradient);
        if (after?.Surveyed(leg.Direction) is not var (along, change) || double.IsNaN(leg.Square)) return pair;
        return pair with { Known = (factor * along - step * leg.Slope, factor * factor * leg.Square, change) };
    }

    // The values know of the third derivative along the step: that of the cubic through both values and slopes makes the curvature at its
    // end this much greater than the average that sᵀy is; at most as much again counts. Not where the rounding of the values would show.
    private static double Excess(Point from, LineSearchStep step, Point end)
    {
        var (before, after) = (step.Step * step.Slope, step.Step * end.SlopeAlong(from.Legs));
        var rounding = 6 * Epsilon.Of(from.Legs) * (Math.Abs(from.Value) + Math.Abs(end.Value));
        var average = after - before;
        return rounding <= MostRounding * average ? Math.Min(6 * (from.Value - end.Value) + 3 * (before + after), average) : 0;
    }

    // Li and Fukushima's: along a direction that is almost flat, as of units that saturate, no step is longer than the parameters are.
    private static double Modification(Point from, LineSearchStep step, Point end)
    {
        return end.GradientNorm / end.ParameterNorm * step.Step * step.Step * from.Legs.Sum(leg => leg.Scale * leg.Scale * Square(leg));

        static double Square(Leg leg) => double.IsNaN(leg.Square) ? Leg.Dot(leg.Direction, leg.Direction) : leg.Square;
    }

    public void Refuse(Candidate failed, double smallest) => memory.Clear();

    private void Point(Point at)
    {
        var legs = Aligned(at.Legs);
        var product = memory.Multiply([.. legs.Select(leg => leg?.Gradient)],
            (p, like) => scratch.Like(like, parameters[p].Handle, ScratchUse.Direction));
        foreach (var (leg, (part, along, square)) in legs.Zip(product)) leg?.Point(part!, -leg.LearningRate, along, square);
        if (at.HasRates) Leg.KeepDescent(at.Legs);
    }

    // In the memory's order; null for parameters that take no part.
    private Leg?[] Aligned(IReadOnlyList<Leg> legs)
    {
        var own = legs.ToDictionary(leg => leg.Parameter.Handle);
        return [.. parameters.Select(p => own.GetValueOrDefault(p.Handle))];
    }
}
