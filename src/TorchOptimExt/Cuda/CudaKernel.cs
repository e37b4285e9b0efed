namespace TorchOptimExt.Cuda;

/// <summary>A kernel on a device.</summary>
/// <param name="Device">The device.</param>
/// <param name="Trace">The rule that it runs.</param>
/// <param name="Layout">How its arguments lie in memory.</param>
/// <param name="Small">The function that takes <see cref="KernelLayout.SmallCapacity"/> tensors.</param>
/// <param name="Large">The one that takes <see cref="KernelLayout.LargeCapacity"/>; 0 where the device has none.</param>
internal sealed record CudaKernel(CudaDevice Device, RuleTrace Trace, KernelLayout Layout, nint Small, nint Large);
