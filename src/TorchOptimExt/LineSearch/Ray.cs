using TorchOptimExt.Cuda;
using static TorchSharp.torch;

namespace TorchOptimExt.LineSearch;

/// <summary>Moves parameters along a ray in one pass over memory, the first time with saving where they were, and back.</summary>
internal sealed class Ray(Scratch scratch)
{
    private const double Ulps = 16;

    private readonly Mover<DepartureRule> departure = new();
    private readonly Mover<RayRule> travel = new();
    private IReadOnlyList<Leg> legs = [];
    private Tensor[] origins = [];
    private bool departed;

    /// <summary>Takes parameters where they are.</summary>
    public void Begin(IReadOnlyList<Leg> legs)
    {
        this.legs = legs;
        origins = [.. legs.Select(leg => scratch.Like(leg.Parameter, leg.Parameter.Handle, ScratchUse.Origin))];
        departed = false;
    }

    /// <summary>Moves every parameter to step size α.</summary>
    public void MoveTo(double step)
    {
        var others = new List<int>();       // that no pass takes
        if (departed) Travel(step, others);
        else Depart(step, others);
        foreach (var k in others)
        {
            using var moved = origins[k].add(legs[k].Direction, step * legs[k].Scale);
            legs[k].Parameter.copy_(moved);
        }
    }

    /// <summary>Whether a parameter is further from its origin than rounding; a step may be too small to change what is computed from
    /// it.</summary>
    public bool HasMoved => departed && legs.Zip(origins).Any(pair => IsElsewhere(pair.First.Parameter.detach(), pair.Second));

    private static bool IsElsewhere(Tensor parameter, Tensor origin)
    {
        if (origin.NumberOfElements == 0) return false;
        using var scope = NewDisposeScope();
        var (moved, length) = (Leg.Wide(parameter).sub(Leg.Wide(origin)).abs().max(), Leg.Wide(origin).abs().max());
        return moved.item<double>() > Ulps * Epsilon.Of(origin.dtype) * length.item<double>();
    }

    /// <summary>Gives every parameter the bits that it had.</summary>
    public void Return()
    {
        if (!departed) return;
        for (var k = 0; k < legs.Count; k++) legs[k].Parameter.copy_(origins[k]);
    }

    private void Depart(double step, List<int> others)
    {
        departure.Clear();      // an earlier call may have ended on the way
        for (var k = 0; k < legs.Count; k++)
            if (!departure.Add(new(step * legs[k].Scale), legs[k].Parameter, legs[k].Direction, origins[k])) others.Add(k);
        foreach (var k in others) origins[k].copy_(legs[k].Parameter);
        departure.Run();
        departed = true;
    }

    private void Travel(double step, List<int> others)
    {
        travel.Clear();
        for (var k = 0; k < legs.Count; k++)
            if (!travel.Add(new(step * legs[k].Scale), legs[k].Parameter, legs[k].Direction, origins[k])) others.Add(k);
        travel.Run();
    }
}
