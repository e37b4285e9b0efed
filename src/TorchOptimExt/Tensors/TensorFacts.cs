using TorchSharp;
using static TorchSharp.torch;

namespace TorchOptimExt.Tensors;

/// <summary>What a step asks of a tensor: where its elements lie and how.</summary>
/// <remarks>
/// A tensor's dtype, device, layout and sign are fixed as long as it is the same native tensor (<see cref="KnownTensor"/>). All else can
/// change in place (<c>set_</c>, <c>transpose_</c>, <c>squeeze_</c>) and is asked anew by every read.
/// </remarks>
internal struct TensorFacts
{
    private const int Near = 4;         // as many sizes are read once; further dimensions are asked for

    private Tensor? tensor;             // only where the exports cannot be asked
    private Sizes sizes;

    /// <summary>The facts of a tensor; of none, where it is null.</summary>
    public TensorFacts(Tensor? tensor)
    {
        KnownTensor known = default;
        Read(tensor, ref known);
    }

    /// <summary>Reads the facts of a tensor; of none, where it is null.</summary>
    /// <param name="tensor">The tensor.</param>
    /// <param name="known">What is known of it, if it is still the same; renewed otherwise.</param>
    public void Read(Tensor? tensor, ref KnownTensor known)
    {
        if (tensor is null)
        {
            if (Handle != 0) this = default;
            return;
        }
        var handle = tensor.Handle;
        if (!ReferenceEquals(tensor, known.Tensor) || handle != known.Handle) known = new(tensor, handle);
        (Handle, Type, Device, IsSparse, IsNegative) = (handle, known.Type, known.Device, known.IsSparse, known.IsNegative);
        if (NativeTensor.Available) ReadPlace();
        else ReadPublic(tensor);
    }

    /// <summary>
    /// Reads the facts of a tensor by its native handle, which may be another's by now; <see cref="NativeTensor.Available"/> must hold.
    /// </summary>
    public void Read(nint handle)
    {
        (Handle, Type, Device, IsSparse, IsNegative) = (handle, NativeTensor.Type(handle), NativeTensor.Device(handle),
            NativeTensor.IsSparse(handle), NativeTensor.IsNegative(handle));
        ReadPlace();
    }

    private void ReadPlace()
    {
        if (IsSparse) return;
        IsContiguous = NativeTensor.IsContiguous(Handle);
        var dimensions = Dimensions = NativeTensor.Dimensions(Handle);
        var length = 1L;
        for (var d = 0; d < Near; d++)
            if (d < dimensions) length *= sizes[d] = NativeTensor.Size(Handle, d);
            else sizes[d] = 0;
        Length = dimensions > Near ? NativeTensor.Length(Handle) : length;
        Address = Device is DeviceType.CPU or DeviceType.CUDA ? NativeTensor.Data(Handle) : 0;
    }

    private void ReadPublic(Tensor tensor)
    {
        this.tensor = tensor;
        if (IsSparse) return;
        (IsContiguous, Dimensions, Length) = (tensor.is_contiguous(), (int)tensor.dim(), tensor.NumberOfElements);
        for (var d = 0; d < Near; d++) sizes[d] = d < Dimensions ? tensor.size(d) : 0;
        Address = Device == DeviceType.CPU && Length > 0 ? PublicAddress(tensor) : 0;
    }

    /// <summary>The native handle; 0 where there is no tensor.</summary>
    public nint Handle { get; private set; }

    public ScalarType Type { get; private set; }

    public DeviceType Device { get; private set; }

    public bool IsSparse { get; private set; }

    /// <summary>Whether the elements in memory are the negatives of the tensor's.</summary>
    public bool IsNegative { get; private set; }

    public bool IsContiguous { get; private set; }

    public int Dimensions { get; private set; }

    /// <summary>How many elements it has.</summary>
    public long Length { get; private set; }

    /// <summary>
    /// Where the first element lies in memory: the CPU's or, where <see cref="NativeTensor.Available"/> holds, CUDA's, which has other
    /// addresses; 0 elsewhere.
    /// </summary>
    public nint Address { get; private set; }

    public readonly int DeviceIndex => NativeTensor.Available ? NativeTensor.DeviceIndex(Handle) : tensor!.device_index;

    public readonly long Size(
        int dimension) =>
        dimension < Near ? sizes[dimension] : NativeTensor.Available ? NativeTensor.Size(Handle, dimension) : tensor!.size(dimension);

    public readonly long Stride(
        int dimension) => NativeTensor.Available ? NativeTensor.Stride(Handle, dimension) : tensor!.stride(dimension);

    /// <summary>Whether both have the same sizes.</summary>
    public readonly bool SameShape(in TensorFacts other)
    {
        if (Dimensions != other.Dimensions || !((ReadOnlySpan<long>)sizes).SequenceEqual(other.sizes)) return false;
        for (var d = Near; d < Dimensions; d++)
            if (Size(d) != other.Size(d)) return false;
        return true;
    }

    /// <summary>Whether both, of the same shape, have their elements in memory in the same places from the first on.</summary>
    public readonly bool SameOrder(in TensorFacts other)
    {
        if (IsContiguous && other.IsContiguous) return true;
        for (var d = 0; d < Dimensions; d++)
            if (Stride(d) != other.Stride(d) && Size(d) > 1) return false;
        return true;
    }

    /// <summary>
    /// Whether one element's memory is another's too, as in what <c>expand</c> returns: libtorch writes to no such tensor.
    /// </summary>
    public readonly bool OverlapsItself
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
    public readonly bool IsDense
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
    public readonly long Bytes
    {
        get
        {
            var last = IsContiguous ? Length - 1 : 0;
            if (!IsContiguous)
                for (var d = 0; d < Dimensions; d++) last += (Size(d) - 1) * Stride(d);
            return Length == 0 ? 0 : (last + 1) * Width;
        }
    }

    private readonly int Width => Type switch
    {
        ScalarType.Byte or ScalarType.Int8 or ScalarType.Bool => 1,
        ScalarType.Int16 or ScalarType.Float16 or ScalarType.BFloat16 => 2,
        ScalarType.Int64 or ScalarType.Float64 or ScalarType.ComplexFloat32 => 8,
        ScalarType.ComplexFloat64 => 16,
        _ => 4,
    };

    /// <summary>The sizes, for a message.</summary>
    public readonly string Shape
    {
        get
        {
            var sizes = new long[Dimensions];
            for (var d = 0; d < Dimensions; d++) sizes[d] = Size(d);
            return $"[{string.Join(", ", sizes)}]";
        }
    }

    /// <summary>The device, for a message.</summary>
    public readonly string Where => Device == DeviceType.CPU ? "the CPU" : $"{Device.ToString().ToLowerInvariant()}:{DeviceIndex}";

    [System.Runtime.CompilerServices.InlineArray(Near)]
    private struct Sizes
    {
        private long first;
    }

    private static unsafe nint PublicAddress(Tensor tensor)
    {
        using var quiet = no_grad();
        using var first = tensor.as_strided([1], [1], tensor.storage_offset());
        return (nint)System.Runtime.CompilerServices.Unsafe.AsPointer(
            ref System.Runtime.InteropServices.MemoryMarshal.GetReference(first.bytes));
    }
}
