namespace Microsoft.ML.Data;

/// <summary>The cardinality of a key that is loaded.</summary>
public sealed class KeyCount
{
    public ulong? Count;

    public KeyCount()
    {
    }

    public KeyCount(ulong count)
    {
        Check.Argument(count > 0, nameof(count), "Must be positive");
        Count = count;
    }
}
