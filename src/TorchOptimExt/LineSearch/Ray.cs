using TorchOptimExt.Cuda;
using TorchOptimExt.Simd;
using static TorchSharp.torch;

namespace TorchOptimExt.LineSearch;

/// <summary>Moves parameters along a ray in one pass over memory, or one launch on CUDA, and back from one saved copy.</summary>
internal sealed class Ray
{
    private readonly FusedPass<RayRule> pass = new();
    private readonly CudaPass<RayRule> onCuda = new(CudaKernels.Current);
    private readonly List<(Leg leg, Tensor origin)> legs = [];

    /// <summary>Saves where the parameters are. The copies belong to the open dispose scope.</summary>
    public void Begin(IEnumerable<Leg> legs)
    {
        this.legs.Clear();
        foreach (var leg in legs) this.legs.Add((leg, leg.Parameter.detach().clone()));
    }

    /// <summary>Moves every parameter to step size α.</summary>
    public void MoveTo(double step)
    {
        pass.Clear();       // an earlier trial may have ended on the way
        onCuda.Clear();
        foreach (var (leg, origin) in legs)
        {
            var rule = new RayRule(step * leg.Scale);
            if (leg.Parameter.device_type == onCuda.DeviceType ? onCuda.Add(rule, leg.Parameter, leg.Direction, origin)
                : pass.Add(rule, leg.Parameter, leg.Direction, origin)) continue;
            using var moved = origin.add(leg.Direction, step * leg.Scale);
            leg.Parameter.copy_(moved);
        }
        onCuda.Run();
        pass.Run();
    }

    /// <summary>Whether a parameter is elsewhere than at the origin; a step may be too small to change a bit.</summary>
    public bool HasMoved => legs.Any(pair => pair.leg.Parameter.ne(pair.origin).any().item<bool>());

    /// <summary>Gives every parameter the bits that it had.</summary>
    public void Return()
    {
        foreach (var (leg, origin) in legs) leg.Parameter.copy_(origin);
    }

    /// <summary>Forgets the parameters.</summary>
    public void End() => legs.Clear();
}
