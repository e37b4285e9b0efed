using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.LineSearch;

/// <summary>−Hg with a limited memory, then −g, for which the memory begins anew.</summary>
/// <param name="memory">The memory, with a part for each parameter.</param>
/// <param name="parameters">All parameters, in the memory's order.</param>
internal sealed class QuasiNewtonDirections(LimitedMemory memory, IReadOnlyList<Parameter> parameters) : IDirections
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
        var excess = memory.Spans ? Excess(from, step, end!) : 0;
        var after = end!.Legs.ToDictionary(leg => leg.Parameter.Handle, leg => leg.Gradient);
        memory.Add(Aligned(from.Legs, leg => leg.Direction.mul(step.Step * leg.Scale)),
            Aligned(from.Legs, leg => after.TryGetValue(leg.Parameter.Handle, out var gradient) ? gradient.sub(leg.Gradient)
                : leg.Gradient.neg()), excess);
    }

    // The values know of the third derivative along the step: that of the cubic through both values and slopes makes the curvature at its
    // end this much greater than the average that sᵀy is. Not where the rounding of the values would show.
    private static double Excess(Point from, LineSearchStep step, Point end)
    {
        var (before, after) = (step.Step * step.Slope, step.Step * end.SlopeAlong(from.Legs));
        var rounding = 6 * Epsilon.Of(from.Legs) * (Math.Abs(from.Value) + Math.Abs(end.Value));
        return rounding <= MostRounding * (after - before) ? 6 * (from.Value - end.Value) + 3 * (before + after) : 0;
    }

    public void Refuse(Candidate failed, double smallest) => memory.Clear();

    private void Point(Point at)
    {
        var product = memory.Times(Aligned(at.Legs, leg => leg.Gradient));
        foreach (var (leg, part) in at.Legs.Zip(product.Where(part => part is not null))) leg.Point(part!, -leg.LearningRate);
    }

    private Tensor?[] Aligned(IReadOnlyList<Leg> legs, Func<Leg, Tensor> part)
    {
        var own = legs.ToDictionary(leg => leg.Parameter.Handle);
        return [.. parameters.Select(p => own.TryGetValue(p.Handle, out var leg) ? part(leg) : null)];
    }
}
