using TorchOptimExt.Tensors;
using static TorchSharp.torch;

namespace TorchOptimExt.PyTorch;

/// <summary>The memory of contiguous CPU tensors as bytes, little-endian as all machines are that libtorch runs on.</summary>
internal static unsafe class TensorBytes
{
    private const int ChunkLength = 1 << 20;

    public static void Write(Tensor contiguous, Stream stream)
    {
        var start = (byte*)NativeTensor.Data(contiguous.Handle);
        var length = contiguous.NumberOfElements * contiguous.ElementSize;
        for (long at = 0; at < length;
            at += ChunkLength) stream.Write(new ReadOnlySpan<byte>(start + at, (int)Math.Min(ChunkLength, length - at)));
    }

    /// <summary>A new tensor of one dimension with the stream's next bytes, which <paramref name="seen"/> is shown.</summary>
    public static Tensor Read(long elements, ScalarType type, Stream stream, Action<ArraySegment<byte>>? seen = null)
    {
        var tensor = empty([elements], type, CPU);
        var start = (byte*)NativeTensor.Data(tensor.Handle);
        var length = elements * tensor.ElementSize;
        var chunk = new byte[Math.Min(ChunkLength, Math.Max(length, 1))];
        for (long at = 0; at < length;)
        {
            var count = (int)Math.Min(chunk.Length, length - at);
            stream.ReadExactly(chunk, 0, count);
            seen?.Invoke(new(chunk, 0, count));
            chunk.AsSpan(0, count).CopyTo(new Span<byte>(start + at, count));
            at += count;
        }
        return tensor;
    }
}
