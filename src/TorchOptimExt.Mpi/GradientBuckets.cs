using TorchOptimExt.Parameters;
using TorchSharp;
using static TorchSharp.torch;

namespace TorchOptimExt.Mpi;

/// <summary>
/// Averages tensors over all ranks in pieces of 25 MB: small ones are put together, what is larger is added up where it lies. float64 is
/// summed in float64, all else in float32.
/// </summary>
internal sealed class GradientBuckets(World world)
{
    private const long BucketBytes = 25_000_000;

    /// <summary>Replaces tensors by their means over all ranks, which give as many of the same shapes and dtypes.</summary>
    public void Average(IReadOnlyList<Tensor> tensors)
    {
        using var quiet = no_grad();
        foreach (var isDouble in new[] { false, true })
        {
            var bucket = new List<Tensor>();
            long bytes = 0;
            foreach (var tensor in tensors.Where(t => t.NumberOfElements > 0 && t.dtype == ScalarType.Float64 == isDouble))
            {
                var own = tensor.NumberOfElements * (isDouble ? 8 : 4);
                if (own >= BucketBytes && IsPlain(tensor))
                {
                    InPlace(tensor, isDouble);
                    continue;
                }
                if (bucket.Count > 0 && bytes + own > BucketBytes) Flush(bucket, isDouble, ref bytes);
                bucket.Add(tensor);
                bytes += own;
            }
            if (bucket.Count > 0) Flush(bucket, isDouble, ref bytes);
        }
    }

    private static bool IsPlain(Tensor tensor) =>
        tensor.device_type == DeviceType.CPU && tensor.is_contiguous() && tensor.dtype is ScalarType.Float32 or ScalarType.Float64;

    private void InPlace(Tensor tensor, bool isDouble)
    {
        var size = isDouble ? 8 : 4;
        var piece = BucketBytes / size;
        for (long done = 0; done < tensor.NumberOfElements; done += piece)
            world.SumMemory(TensorMemory.Address(tensor) + (nint)(done * size), Math.Min(piece, tensor.NumberOfElements - done), isDouble);
        if (world.Size > 1) tensor.div_(world.Size);
    }

    private void Flush(List<Tensor> bucket, bool isDouble, ref long bytes)
    {
        using var scope = NewDisposeScope();
        var flat = cat([.. bucket.Select(t => t.flatten().to(isDouble ? ScalarType.Float64 : ScalarType.Float32).cpu())]).contiguous();
        InPlace(flat, isDouble);
        long at = 0;
        foreach (var tensor in bucket)
        {
            tensor.copy_(flat.narrow(0, at, tensor.NumberOfElements).view(tensor.shape));
            at += tensor.NumberOfElements;
        }
        bucket.Clear();
        bytes = 0;
    }
}
