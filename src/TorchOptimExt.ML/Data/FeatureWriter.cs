using System.Numerics;
using System.Runtime.InteropServices;
using Microsoft.ML.Data;
using static TorchSharp.torch;

namespace TorchOptimExt.ML.Data;

/// <summary>Writes the features of rows.</summary>
internal abstract class FeatureWriter : IDisposable
{
    private const string NotFinite = "has NaN or infinite features";

    /// <summary>Takes a row's features, and says what is wrong with them, or null; they are forgotten unless <see cref="Keep"/>
    /// follows.</summary>
    internal abstract string? Take(in VBuffer<float> row);

    internal abstract void Keep();

    /// <summary>All rows that were kept.</summary>
    internal abstract FeatureRows End(long rows);

    public abstract void Dispose();

    // 0 times a number is 0, times NaN or infinity it is NaN, and NaN stays in a sum.
    private static bool AllFinite(ReadOnlySpan<float> values)
    {
        var sum = Vector<float>.Zero;
        var registers = MemoryMarshal.Cast<float, Vector<float>>(values);
        foreach (var register in registers) sum += register * 0;
        var total = Vector.Sum(sum);
        foreach (var value in values[(registers.Length * Vector<float>.Count)..]) total += value * 0;
        return total == 0;
    }

    /// <summary>Writes all features down.</summary>
    internal sealed class Dense(RowStore store, long rows, int inputs) : FeatureWriter
    {
        private readonly ColumnWriter<float> numbers = new(store.Column(ScalarType.Float32, rows * inputs), rows * inputs);

        internal override string? Take(in VBuffer<float> row)
        {
            var target = numbers.Next(inputs);
            row.CopyTo(target);
            return AllFinite(target) ? null : NotFinite;
        }

        internal override void Keep() => numbers.Keep(inputs);

        /// <summary>Writes rows that were read before.</summary>
        internal void Write(FeatureRows before)
        {
            // Few at once: they are made dense.
            var block = Math.Max(1, (1 << 20) / inputs);
            for (long at = 0; at < before.Count; at += block)
            {
                using var part = before.Slice(at, Math.Min(block, before.Count - at));
                foreach (var row in Enumerable.Range(0, (int)part.Count)) Write(part.Dense(), row);
            }
        }

        private void Write(Tensor part, long row)
        {
            using var values = part.narrow(0, row, 1);
            MemoryMarshal.Cast<byte, float>(values.bytes).CopyTo(numbers.Next(inputs));
            numbers.Keep(inputs);
        }

        internal override FeatureRows End(long count) => new DenseRows(numbers.End(count, inputs));

        public override void Dispose() => numbers.Dispose();
    }

    /// <summary>Writes those features down that are not 0.</summary>
    internal sealed class Sparse(RowStore store, long rows, int inputs) : FeatureWriter
    {
        private readonly ColumnWriter<long> offsets = new(store.Column(ScalarType.Int64, rows + 1), rows + 1);
        private readonly ColumnWriter<int> slots = new(store.Column(ScalarType.Int32, 0), long.MaxValue);
        private readonly ColumnWriter<float> values = new(store.Column(ScalarType.Float32, 0), long.MaxValue);
        private int taken;

        /// <summary>How many numbers were written.</summary>
        internal long Written { get; private set; }

        internal override string? Take(in VBuffer<float> row)
        {
            taken = 0;
            var numbers = row.GetValues();
            var slotsOfRow = slots.Next(numbers.Length);
            var valuesOfRow = values.Next(numbers.Length);
            var indices = row.IsDense ? default : row.GetIndices();
            for (var k = 0; k < numbers.Length; k++)
            {
                if (numbers[k] == 0) continue;
                slotsOfRow[taken] = row.IsDense ? k : indices[k];
                valuesOfRow[taken++] = numbers[k];
            }
            return AllFinite(numbers) ? null : NotFinite;
        }

        internal override void Keep()
        {
            Begin();
            slots.Keep(taken);
            values.Keep(taken);
            Written += taken;
        }

        private void Begin()
        {
            offsets.Next(1)[0] = Written;
            offsets.Keep(1);
        }

        internal override FeatureRows End(long count)
        {
            Begin();
            return new SparseRows(offsets.End(count + 1), slots.End(Written), values.End(Written), inputs);
        }

        public override void Dispose()
        {
            offsets.Dispose();
            slots.Dispose();
            values.Dispose();
        }
    }

    /// <summary>
    /// Writes those features down that are not 0, of rows that come without their zeros, until they are too many; then all.
    /// </summary>
    internal sealed class Adaptive(RowStore store, long rows, int inputs) : FeatureWriter
    {
        /// <summary>Below this share of features that are not 0, rows stay sparse.</summary>
        internal const double Density = 0.05;

        private FeatureWriter? writer;
        private long kept;

        internal override string? Take(in VBuffer<float> row)
        {
            writer ??= row.IsDense ? new Dense(store, rows, inputs) : new Sparse(store, rows, inputs);
            return writer.Take(row);
        }

        internal override void Keep()
        {
            writer!.Keep();
            kept++;
            if (writer is Sparse sparse && sparse.Written >= Density * rows * inputs) BecomeDense(sparse);
        }

        private void BecomeDense(Sparse sparse)
        {
            var dense = new Dense(store, rows, inputs);
            writer = dense;
            using (sparse)
            using (var before = sparse.End(kept)) dense.Write(before);
        }

        internal override FeatureRows End(long count) => (writer ?? new Dense(store, rows, inputs)).End(count);

        public override void Dispose() => writer?.Dispose();
    }
}
