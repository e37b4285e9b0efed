namespace CompareOptimizers.Training;

/// <summary>Which examples each step sees: shuffled anew for each epoch, the same for the same seed. Of all examples there is one batch, in their order.</summary>
internal sealed class Batches(int examples, int size, int seed)
{
    private readonly long[] order = [.. Enumerable.Range(0, examples).Select(i => (long)i)];
    private readonly Random random = new(seed);

    public int PerEpoch => (examples + size - 1) / size;

    /// <summary>The rows of each batch of the next epoch.</summary>
    public IEnumerable<long[]> NextEpoch()
    {
        if (size < order.Length)
            random.Shuffle(order);
        for (var start = 0; start < order.Length; start += size)
            yield return order[start..Math.Min(start + size, order.Length)];
    }
}
