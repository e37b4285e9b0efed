using TorchSharp;
using static TorchSharp.torch;

namespace TorchOptimExt.Tensors;

/// <summary>What cannot change of a tensor as long as it has the same native handle.</summary>
internal readonly struct KnownTensor(Tensor tensor, nint handle)
{
    public Tensor? Tensor { get; } = tensor;

    public nint Handle { get; } = handle;

    public ScalarType Type { get; } = NativeTensor.Available ? NativeTensor.Type(handle) : tensor.dtype;

    public DeviceType Device { get; } = NativeTensor.Available ? NativeTensor.Device(handle) : tensor.device_type;

    public bool IsSparse { get; } = NativeTensor.Available ? NativeTensor.IsSparse(handle) : tensor.is_sparse;

    public bool IsNegative { get; } = NativeTensor.Available ? NativeTensor.IsNegative(handle) : tensor.is_neg();
}
