namespace TorchOptimExt.Stepping;

/// <summary>
/// Finds tensors that touch the same memory. As long as all addresses and lengths are those of the last time, its answer is too.
/// </summary>
internal sealed class SharedMemory
{
    private (nint from, long bytes, int item)[] ranges = [];
    private readonly List<(int, int)> found = [];
    private int count, last;
    private bool changed;

    /// <summary>Begins anew.</summary>
    public void Begin(int most)
    {
        if (ranges.Length < most) Array.Resize(ref ranges, Math.Max(16, 2 * most));
        (count, changed) = (0, false);
    }

    /// <summary>Adds a tensor that occupies memory from an address on.</summary>
    public void Add(nint from, long bytes, int item)
    {
        ref var range = ref ranges[count++];
        if (range.from == from && range.bytes == bytes && range.item == item && count <= last) return;
        (range, changed) = ((from, bytes, item), true);
    }

    /// <summary>The pairs of items that share memory, in order: each item that does is in one of them.</summary>
    public List<(int one, int other)> Find()
    {
        if (!changed && count == last) return found;
        last = count;
        found.Clear();
        var sorted = ranges.AsSpan(0, count).ToArray();
        Array.Sort(sorted, static (a, b) => (a.from, a.item).CompareTo((b.from, b.item)));
        var (end, owner) = (nint.MinValue, -1);      // of what reaches farthest so far
        foreach (var (from, bytes, item) in sorted)
        {
            if (bytes == 0) continue;
            if (from < end) found.Add((Math.Min(owner, item), Math.Max(owner, item)));
            if (from + bytes > end) (end, owner) = (from + (nint)bytes, item);
        }
        found.Sort();       // not by where memory happens to lie
        return found;
    }
}
