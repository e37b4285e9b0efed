namespace TorchOptimExt.Cuda;

/// <summary>The driver or NVRTC answered with an error.</summary>
internal sealed class CudaException(string message) : InvalidOperationException(message);
