using System.Collections;

namespace TorchOptimExt.PyTorch;

/// <summary>Trees of dictionaries, lists and tuples, which may hold one object several times, or themselves.</summary>
internal static class PyTorchTree
{
    /// <summary>What a tree holds besides dictionaries, lists and tuples, each object once, whatever its depth.</summary>
    public static IEnumerable<object?> Leaves(object? tree)
    {
        var (seen, left) = (new HashSet<object>(ReferenceEqualityComparer.Instance), new Stack<object?>([tree]));
        while (left.TryPop(out var value))
            if (value is null || !seen.Add(value)) continue;
            else if (Children(value) is { } children) foreach (var child in children) left.Push(child);
            else yield return value;
    }

    private static IEnumerable? Children(object value) => value switch
    {
        PyTorchDictionary dictionary => dictionary.Values,
        IDictionary dictionary => dictionary.Values,
        object?[] or (IList and not Array) => (IEnumerable)value,
        _ => null,
    };
}
