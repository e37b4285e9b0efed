using TorchOptimExt.ML.Data;
using static TorchSharp.torch;

namespace TorchOptimExt.ML.Training;

/// <summary>Which rows each step of an epoch sees.</summary>
internal sealed class BatchOrder(TrainingRows rows, TrainingOptions options)
{
    private readonly long size = Math.Min(options.BatchSize ?? rows.Count, rows.Count);

    /// <summary>
    /// A new order of the rows, or null for the order in which they came. It depends on the seed and the epoch alone, so that a resumed
    /// training sees the same.
    /// </summary>
    internal Tensor? Begin(int epoch)
    {
        if (!options.Shuffle || size == rows.Count) return null;
        using var generator = new Generator((ulong)((options.Seed ?? 0) * 1_000_003 + epoch));
        return randperm(rows.Count, generator: generator).to(rows.Features.Device, disposeAfter: true);
    }

    /// <summary>The batches of an epoch. One row that is left over joins the last: batch normalization cannot do with one.</summary>
    internal IEnumerable<(long from, long count)> Parts()
    {
        for (long from = 0, count; from < rows.Count; from += count)
        {
            count = rows.Count - from - size == 1 && size > 1 ? size + 1 : Math.Min(size, rows.Count - from);
            yield return (from, count);
        }
    }

    internal TrainingRows Take(Tensor? order, long from, long count)
    {
        if (order is null) return rows.Slice(from, count).OnTo(options.Device);
        using var places = order.narrow(0, from, count);
        return rows.Select(places).OnTo(options.Device);
    }
}
