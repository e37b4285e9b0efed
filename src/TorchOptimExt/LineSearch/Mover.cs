using TorchOptimExt.Cuda;
using TorchOptimExt.Rules;
using TorchOptimExt.Simd;
using static TorchSharp.torch;

namespace TorchOptimExt.LineSearch;

/// <summary>Parameters that one rule moves in one pass over memory, or one launch on CUDA.</summary>
internal sealed class Mover<TRule> where TRule : struct, IUpdateRule
{
    private readonly FusedPass<TRule> pass = new();
    private readonly CudaPass<TRule> onCuda = new(CudaKernels.Current);

    /// <summary>Forgets what was added and not run.</summary>
    public void Clear()
    {
        pass.Clear();
        onCuda.Clear();
    }

    /// <summary>Adds a parameter; false where it cannot be visited so.</summary>
    public bool Add(TRule rule, Leg leg, Tensor origin) =>
        leg.Parameter.device_type == onCuda.DeviceType ? onCuda.Add(rule, leg.Parameter, leg.Direction, origin)
        : pass.Add(rule, leg.Parameter, leg.Direction, origin);

    /// <summary>Moves all.</summary>
    public void Run()
    {
        onCuda.Run();
        pass.Run();
    }
}
