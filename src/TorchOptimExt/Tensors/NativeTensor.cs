using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace TorchOptimExt.Tensors;

/// <summary>
/// Facts of native tensors by LibTorchSharp's own exports: a quarter of what the public members cost, which make managed wrappers and
/// arrays.
/// A handle is what <c>Tensor.Handle</c> returns.
/// </summary>
/// <remarks>
/// These exports have had the same signatures since TorchSharp 0.93, but for yes and no, which were int once and are bool now: one byte is
/// read.
/// All but <see cref="Release"/>, which may free memory of the caller's, return at once and call nothing back, so that the runtime need not
/// be told of them.
/// </remarks>
internal static unsafe class NativeTensor
{
    private static readonly nint Library = Find();

    private static readonly delegate* unmanaged[SuppressGCTransition]<nint, nint> grad =
        (delegate* unmanaged[SuppressGCTransition]<nint, nint>)Export("THSTensor_grad");
    private static readonly delegate* unmanaged<nint, void> dispose = (delegate* unmanaged<nint, void>)Export("THSTensor_dispose");
    private static readonly delegate* unmanaged[SuppressGCTransition]<nint, nint> data =
        (delegate* unmanaged[SuppressGCTransition]<nint, nint>)Export("THSTensor_data");
    private static readonly delegate* unmanaged[SuppressGCTransition]<nint, sbyte> type =
        (delegate* unmanaged[SuppressGCTransition]<nint, sbyte>)Export("THSTensor_type");
    private static readonly delegate* unmanaged[SuppressGCTransition]<nint, int> deviceType =
        (delegate* unmanaged[SuppressGCTransition]<nint, int>)Export("THSTensor_device_type");
    private static readonly delegate* unmanaged[SuppressGCTransition]<nint, int> deviceIndex =
        (delegate* unmanaged[SuppressGCTransition]<nint, int>)Export("THSTensor_device_index");
    private static readonly delegate* unmanaged[SuppressGCTransition]<nint, byte> isSparse =
        (delegate* unmanaged[SuppressGCTransition]<nint, byte>)Export("THSTensor_is_sparse");
    private static readonly delegate* unmanaged[SuppressGCTransition]<nint, byte> isContiguous =
        (delegate* unmanaged[SuppressGCTransition]<nint, byte>)Export("THSTensor_is_contiguous");
    private static readonly delegate* unmanaged[SuppressGCTransition]<nint, byte> isNegative =
        (delegate* unmanaged[SuppressGCTransition]<nint, byte>)Export("THSTensor_is_neg");
    private static readonly delegate* unmanaged[SuppressGCTransition]<nint, long> dimensions =
        (delegate* unmanaged[SuppressGCTransition]<nint, long>)Export("THSTensor_ndimension");
    private static readonly delegate* unmanaged[SuppressGCTransition]<nint, long> numel =
        (delegate* unmanaged[SuppressGCTransition]<nint, long>)Export("THSTensor_numel");
    private static readonly delegate* unmanaged[SuppressGCTransition]<nint, long, long> size =
        (delegate* unmanaged[SuppressGCTransition]<nint, long, long>)Export("THSTensor_size");
    private static readonly delegate* unmanaged[SuppressGCTransition]<nint, long, long> stride =
        (delegate* unmanaged[SuppressGCTransition]<nint, long, long>)Export("THSTensor_stride");

    /// <summary>Whether every export is there. Where one is missing, only the public members of TorchSharp can be used.</summary>
    public static bool Available { get; } = grad != null && dispose != null && data != null && type != null
        && deviceType != null && deviceIndex != null && isSparse != null
        && isContiguous != null && isNegative != null && dimensions != null && numel != null && size != null && stride != null;

    /// <summary>A new reference to a tensor's gradient, for <see cref="Release"/>; 0 where there is none.</summary>
    public static nint Gradient(nint tensor) => grad(tensor);

    /// <summary>Gives a reference back.</summary>
    public static void Release(nint tensor) => dispose(tensor);

    /// <summary>The address of the first element; only of tensors that are not sparse.</summary>
    public static nint Data(nint tensor) => data(tensor);

    public static ScalarType Type(nint tensor) => (ScalarType)type(tensor);

    public static DeviceType Device(nint tensor) => (DeviceType)deviceType(tensor);

    public static int DeviceIndex(nint tensor) => deviceIndex(tensor);

    public static bool IsSparse(nint tensor) => isSparse(tensor) != 0;

    public static bool IsContiguous(nint tensor) => isContiguous(tensor) != 0;

    /// <summary>Whether the elements in memory are the negatives of the tensor's, as in the imaginary part of a conjugated view.</summary>
    public static bool IsNegative(nint tensor) => isNegative(tensor) != 0;

    public static int Dimensions(nint tensor) => (int)dimensions(tensor);

    public static long Length(nint tensor) => numel(tensor);

    public static long Size(nint tensor, int dimension) => size(tensor, dimension);

    public static long Stride(nint tensor, int dimension) => stride(tensor, dimension);

    // TorchSharp has loaded it already: by the same name the runtime finds the same copy.
    private static nint Find()
    {
        InitializeDeviceType(DeviceType.CPU);
        return NativeLibrary.TryLoad("LibTorchSharp", typeof(torch).Assembly, null, out var library) ? library : 0;
    }

    private static nint Export(string name) => Library != 0 && NativeLibrary.TryGetExport(Library, name, out var address) ? address : 0;
}
