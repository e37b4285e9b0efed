using System.Runtime.CompilerServices;
using static TorchSharp.torch;

namespace TorchOptimExt.ML.Data;

/// <summary>Gathers numbers before it hands them on, since a tensor's memory, and a file, are costly to reach.</summary>
/// <param name="sink">Where the numbers go.</param>
/// <param name="expected">How many are expected; of few, few are gathered.</param>
internal sealed class ColumnWriter<T>(ColumnSink sink, long expected) : IDisposable where T : unmanaged
{
    private const int BufferBytes = 1 << 20;

    private T[] buffer = new T[Math.Clamp(expected, 1, BufferBytes / Unsafe.SizeOf<T>())];
    private int gathered;

    /// <summary>Where the next numbers go; they are forgotten unless <see cref="Keep"/> follows.</summary>
    internal Span<T> Next(int count)
    {
        if (count > buffer.Length - gathered) Flush();
        if (count > buffer.Length) buffer = new T[count];
        return buffer.AsSpan(gathered, count);
    }

    /// <summary>Keeps so many of the numbers that were written to <see cref="Next"/>.</summary>
    internal void Keep(int count) => gathered += count;

    /// <summary>All numbers that were kept, as a tensor of a shape.</summary>
    internal Tensor End(params long[] shape)
    {
        Flush();
        return sink.End(shape);
    }

    private void Flush()
    {
        if (gathered > 0) sink.Append<T>(buffer.AsSpan(0, gathered));
        gathered = 0;
    }

    public void Dispose() => sink.Dispose();
}
