using TorchOptimExt.Rules;

namespace TorchOptimExt.Cuda;

/// <summary>
/// Applies an update rule to many CUDA tensors. The step engine adds every parameter on a CUDA device, then runs the pass once a step;
/// what the pass does not take is updated by tensor operations.
/// </summary>
internal sealed class CudaPass<TRule> where TRule : struct, IUpdateRule
{
    /// <summary>Why the last parameter was not taken; null where it was.</summary>
    public string? Refused { get; private set; }

    /// <summary>Forgets what was added.</summary>
    public void Clear() => Refused = null;

    /// <summary>
    /// Takes a parameter into this step, or says in <see cref="Refused"/> why not. Nothing is changed and nothing is launched before
    /// <see cref="Run"/>: a later parameter may still end the step.
    /// </summary>
    /// <param name="rule">The rule with the numbers of this one update.</param>
    /// <param name="param">The native handle of the parameter, on a CUDA device; it and the others live until
    /// <see cref="Run"/> has returned.</param>
    /// <param name="grad">That of its gradient: strided, of the parameter's shape, dtype and device.</param>
    /// <param name="first">That of the first state tensor, of the parameter's shape and device; 0 where there is none.</param>
    /// <param name="second">That of the second.</param>
    /// <param name="third">That of the third.</param>
    public bool Add(in TRule rule, nint param, nint grad, nint first, nint second, nint third)
    {
        Refused = "it is on a CUDA device";
        return false;
    }

    /// <summary>Updates everything that was added, on each device's current stream, without waiting for it.</summary>
    public void Run() => Clear();
}
