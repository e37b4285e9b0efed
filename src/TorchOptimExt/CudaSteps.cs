using Microsoft.Extensions.Logging;
using TorchOptimExt.Cuda;

namespace TorchOptimExt;

/// <summary>
/// What this process knows of optimizer steps on CUDA, which run as kernels that are compiled when a step first needs them.
/// </summary>
/// <remarks>
/// Nothing has to be called for it. <c>LastStepFused</c> of an optimizer says whether its last step was one launch for each group of
/// parameters, <c>LastStepNotFusedBecause</c> what stood in the way.
/// </remarks>
public static class CudaSteps
{
    /// <summary>
    /// Where it is logged, once, that no kernel can be compiled and why (a warning), and which kernels were compiled in what time (debug).
    /// Null, as at first, logs nothing.
    /// </summary>
    public static ILogger? Logger
    {
        get => CudaKernels.Logger;
        set => CudaKernels.Logger = value;
    }

    /// <summary>
    /// Why steps on CUDA run by libtorch's operations, one after the other, in this process: the driver or NVRTC is missing, too old, or
    /// refused a kernel. Null as long as nothing stood in the way, and before the first step on CUDA.
    /// </summary>
    public static string? Unavailable => CudaKernels.Current.Unavailable;
}
