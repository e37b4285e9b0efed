using System.Globalization;
using TorchOptimExt.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace TorchOptimExt.PyTorch;

/// <summary>
/// The memory of the tensors of a tree. Tensors that share memory share it in the file; of a tensor that is a part of a larger one
/// no more is kept than what lies between its first element and its last.
/// </summary>
internal sealed class StorageCollection
{
    private readonly Dictionary<(nint start, ScalarType type, int device), Extent> extents = [];
    private readonly List<Extent> order = [];

    /// <summary>Finds the tensors of a tree. Their values are read later, by <see cref="All"/>.</summary>
    /// <exception cref="ArgumentException">A tensor is sparse, or is conjugated or negated lazily, or PyTorch has no storage for its
    /// type.</exception>
    public void Find(object? tree)
    {
        foreach (var leaf in PyTorchTree.Leaves(tree)) if (leaf is Tensor tensor) Add(tensor);
    }

    private void Add(Tensor tensor)
    {
        if (tensor.is_sparse) throw new ArgumentException("A sparse tensor cannot be written for PyTorch: write to_dense() of it.");
        if (tensor.is_conj() || NativeTensor.IsNegative(tensor.Handle))
            throw new ArgumentException(
                "A lazily conjugated or negated tensor cannot be written for PyTorch: write clone() of it, or resolve_conj().");
        _ = ElementTypes.Storage(tensor.dtype);
        var (first, end) = (tensor.storage_offset(), tensor.storage_offset());
        if (tensor.NumberOfElements > 0) end += 1 + tensor.shape.Zip(tensor.stride(), (size, stride) => (size - 1) * stride).Sum();
        var key = KeyOf(tensor);
        if (!extents.TryGetValue(key, out var extent))
        {
            extent = new Extent(order.Count.ToString(CultureInfo.InvariantCulture), tensor) { First = first, End = end };
            extents.Add(key, extent);
            order.Add(extent);
        }
        else if (end > first) (extent.First, extent.End) = extent.End > extent.First
            ? (Math.Min(extent.First, first), Math.Max(extent.End, end)) : (first, end);
    }

    private static (nint start, ScalarType type, int device) KeyOf(Tensor tensor)
    {
        var data = tensor.NumberOfElements == 0 ? 0
            : NativeTensor.Data(tensor.Handle) - (nint)(tensor.storage_offset() * tensor.ElementSize);
        return (data, tensor.dtype, tensor.device_type == DeviceType.CPU ? -1 : tensor.device_index);
    }

    /// <summary>Where a tensor lies in the file.</summary>
    public (StorageReference storage, long offset) PlaceOf(Tensor tensor)
    {
        var extent = extents[KeyOf(tensor)];
        return (extent.Reference, tensor.NumberOfElements == 0 ? 0 : tensor.storage_offset() - extent.First);
    }

    /// <summary>Gives each storage's name and a way to write its elements.</summary>
    public IEnumerable<(string key, Action<Stream> write)> All => order.Select(extent => (extent.Key, (Action<Stream>)extent.Write));

    private sealed class Extent(string key, Tensor tensor)
    {
        public string Key => key;
        public long First { get; set; }
        public long End { get; set; }

        public StorageReference Reference => new(key, tensor.dtype, End - First);

        public void Write(Stream stream)
        {
            if (End == First) return;
            using var scope = NewDisposeScope();
            TensorBytes.Write(tensor.detach().as_strided([End - First], [1], First).cpu(), stream);
        }
    }
}
