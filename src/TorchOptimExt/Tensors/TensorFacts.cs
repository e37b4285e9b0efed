using TorchSharp;
using static TorchSharp.torch;

namespace TorchOptimExt.Tensors;

/// <summary>What a step asks of a tensor, read once: where its elements lie and how. Nothing of it outlives the step: all of it can change in place.</summary>
internal readonly struct TensorFacts
{
    private readonly Tensor? tensor;    // where only the public members can be asked

    /// <summary>The facts of a tensor; of none, where it is null.</summary>
    public TensorFacts(Tensor? tensor)
    {
        if (tensor is null) return;
        if (NativeTensor.Available)
        {
            this = new(tensor.Handle);
            return;
        }
        (this.tensor, Handle, Type, Device, IsSparse) = (tensor, tensor.Handle, tensor.dtype, tensor.device_type, tensor.is_sparse);
        if (IsSparse) return;
        (IsContiguous, IsNegative, Dimensions, Length) = (tensor.is_contiguous(), tensor.is_neg(), (int)tensor.dim(), tensor.NumberOfElements);
        if (Device == DeviceType.CPU && Length > 0) Address = PublicAddress(tensor);
    }

    /// <summary>The facts of a tensor by its native handle; <see cref="NativeTensor.Available"/> must hold.</summary>
    public TensorFacts(nint handle)
    {
        (Handle, Type, Device, IsSparse) = (handle, NativeTensor.Type(handle), NativeTensor.Device(handle), NativeTensor.IsSparse(handle));
        if (IsSparse) return;
        IsContiguous = NativeTensor.IsContiguous(handle);
        IsNegative = NativeTensor.IsNegative(handle);
        Dimensions = NativeTensor.Dimensions(handle);
        Length = NativeTensor.Length(handle);
        if (Device == DeviceType.CPU) Address = NativeTensor.Data(handle);
    }

    /// <summary>The native handle; 0 where there is no tensor.</summary>
    public nint Handle { get; }

    public ScalarType Type { get; }

    public DeviceType Device { get; }

    public bool IsSparse { get; }

    public bool IsContiguous { get; }

    /// <summary>Whether the elements in memory are the negatives of the tensor's.</summary>
    public bool IsNegative { get; }

    public int Dimensions { get; }

    /// <summary>How many elements it has.</summary>
    public long Length { get; }

    /// <summary>Where the first element lies in the CPU's memory; 0 elsewhere.</summary>
    public nint Address { get; }

    public int DeviceIndex => tensor is null ? NativeTensor.DeviceIndex(Handle) : tensor.device_index;

    public long Size(int dimension) => tensor is null ? NativeTensor.Size(Handle, dimension) : tensor.size(dimension);

    public long Stride(int dimension) => tensor is null ? NativeTensor.Stride(Handle, dimension) : tensor.stride(dimension);

    /// <summary>Whether both have the same sizes.</summary>
    public bool SameShape(in TensorFacts other)
    {
        if (Dimensions != other.Dimensions) return false;
        for (var d = 0; d < Dimensions; d++)
            if (Size(d) != other.Size(d)) return false;
        return true;
    }

    /// <summary>Whether both, of the same shape, have their elements in memory in the same places from the first on.</summary>
    public bool SameOrder(in TensorFacts other)
    {
        if (IsContiguous && other.IsContiguous) return true;
        for (var d = 0; d < Dimensions; d++)
            if (Stride(d) != other.Stride(d) && Size(d) > 1) return false;
        return true;
    }

    /// <summary>Whether one element's memory is another's too, as in what <c>expand</c> returns: libtorch writes to no such tensor.</summary>
    public bool OverlapsItself
    {
        get
        {
            if (IsContiguous) return false;
            for (var d = 0; d < Dimensions; d++)
                if (Stride(d) == 0 && Size(d) > 1) return true;
            return false;
        }
    }

    /// <summary>Whether the elements fill one run of memory, each once, in whatever order.</summary>
    public bool IsDense
    {
        get
        {
            if (IsContiguous || Length <= 1) return true;
            // From the innermost dimension outwards, each stride is the number of elements within.
            var within = 1L;
            while (within < Length)
            {
                var d = 0;
                while (d < Dimensions && (Size(d) == 1 || Stride(d) != within)) d++;
                if (d == Dimensions) return false;
                within *= Size(d);
            }
            return true;
        }
    }

    /// <summary>How many bytes lie from the first element to past the last.</summary>
    public long Bytes
    {
        get
        {
            var last = IsContiguous ? Length - 1 : 0;
            if (!IsContiguous)
                for (var d = 0; d < Dimensions; d++) last += (Size(d) - 1) * Stride(d);
            return Length == 0 ? 0 : (last + 1) * Width;
        }
    }

    private int Width => Type switch
    {
        ScalarType.Byte or ScalarType.Int8 or ScalarType.Bool => 1,
        ScalarType.Int16 or ScalarType.Float16 or ScalarType.BFloat16 => 2,
        ScalarType.Int64 or ScalarType.Float64 or ScalarType.ComplexFloat32 => 8,
        ScalarType.ComplexFloat64 => 16,
        _ => 4,
    };

    /// <summary>The sizes, for a message.</summary>
    public string Shape
    {
        get
        {
            var sizes = new long[Dimensions];
            for (var d = 0; d < Dimensions; d++) sizes[d] = Size(d);
            return $"[{string.Join(", ", sizes)}]";
        }
    }

    /// <summary>The device, for a message.</summary>
    public string Where => Device == DeviceType.CPU ? "the CPU" : $"{Device.ToString().ToLowerInvariant()}:{DeviceIndex}";

    private static unsafe nint PublicAddress(Tensor tensor)
    {
        using var quiet = no_grad();
        using var first = tensor.as_strided([1], [1], tensor.storage_offset());
        return (nint)System.Runtime.CompilerServices.Unsafe.AsPointer(ref System.Runtime.InteropServices.MemoryMarshal.GetReference(first.bytes));
    }
}
