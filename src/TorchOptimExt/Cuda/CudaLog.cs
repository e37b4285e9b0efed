using Microsoft.Extensions.Logging;

namespace TorchOptimExt.Cuda;

/// <summary>What is said of kernels.</summary>
internal static partial class CudaLog
{
    [LoggerMessage(1, LogLevel.Warning,
        "Steps on CUDA run by libtorch's operations, an operation at a time, because no kernel can be compiled: {Reason}. "
        + "It is not tried again in this process.")]
    public static partial void Unavailable(ILogger logger, string reason);

    [LoggerMessage(2, LogLevel.Debug, "Compiled {Kernel} for compute capability {Capability} in {Milliseconds:F0} ms.")]
    public static partial void Compiled(ILogger logger, string kernel, int capability, double milliseconds);
}
