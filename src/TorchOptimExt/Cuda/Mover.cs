using TorchOptimExt.Rules;
using TorchOptimExt.Simd;
using static TorchSharp.torch;

namespace TorchOptimExt.Cuda;

/// <summary>Tensors that one rule moves in one pass over the CPU's memory, or one launch on CUDA.</summary>
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

    /// <summary>Adds a tensor; false where it cannot be visited so.</summary>
    /// <param name="rule">What moves it.</param>
    /// <param name="moved">What is moved: the rule's parameter.</param>
    /// <param name="along">What stands in the gradient's place.</param>
    /// <param name="first">The rule's first state, where it has one.</param>
    public bool Add(in TRule rule, Tensor moved, Tensor along, Tensor? first = null) =>
        moved.device_type == onCuda.DeviceType ? onCuda.Add(rule, moved, along, first) : pass.Add(rule, moved, along, first);

    /// <summary>Moves all.</summary>
    public void Run()
    {
        onCuda.Run();
        pass.Run();
    }
}
