using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace TorchOptimExt.ML.Data;

/// <summary>Numbers that are written one after another and then become a tensor.</summary>
internal abstract class ColumnSink : IDisposable
{
    /// <summary>Writes numbers behind those of before.</summary>
    internal abstract void Append<T>(ReadOnlySpan<T> values) where T : unmanaged;

    /// <summary>All numbers. The sink cannot be written any more; who takes the tensor disposes it.</summary>
    internal abstract Tensor End(params long[] shape);

    public abstract void Dispose();

    /// <summary>In memory, of a size that is expected, and grows where it was not enough.</summary>
    internal sealed class Memory(ScalarType dtype, long expected) : ColumnSink
    {
        private Tensor? numbers;
        private long written;

        internal override void Append<T>(ReadOnlySpan<T> values)
        {
            Grow(written + values.Length);
            // A tensor's memory is reached by at most 2 GiB at once.
            using var block = numbers!.narrow(0, written, values.Length);
            values.CopyTo(MemoryMarshal.Cast<byte, T>(block.bytes));
            written += values.Length;
        }

        private void Grow(long length)
        {
            numbers ??= New(Math.Max(expected, length));
            if (numbers.shape[0] >= length) return;
            using var smaller = numbers;
            numbers = New(Math.Max(length, 2 * written));
            using var from = smaller.narrow(0, 0, written);
            using var to = numbers.narrow(0, 0, written);
            to.copy_(from);
        }

        private Tensor New(long length) => empty(length, dtype).DetachFromDisposeScope();

        internal override Tensor End(params long[] shape)
        {
            using var all = numbers ?? New(0);
            numbers = null;
            using var kept = all.narrow(0, 0, written);
            return kept.view(shape).DetachFromDisposeScope();
        }

        public override void Dispose() => numbers?.Dispose();
    }
}
