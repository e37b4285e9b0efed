using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace TorchOptimExt.PyTorch;

/// <summary>A dictionary of Python's: it keeps the order in which its keys were added, and its keys are strings, whole numbers or other
/// values.</summary>
/// <remarks>Whole numbers are <see cref="long"/> keys: an <see cref="int"/> is taken for the same number.</remarks>
/// <example>
/// <code>
/// using TorchOptimExt.PyTorch;
/// var tree = new PyTorchDictionary { ["epoch"] = 3, ["weights"] = new PyTorchDictionary { ["w"] = torch.zeros(2, 3) } };
/// </code>
/// </example>
public sealed class PyTorchDictionary : IReadOnlyDictionary<object, object?>
{
    private readonly List<KeyValuePair<object, object?>> entries = [];
    private readonly Dictionary<object, int> places = [];

    /// <summary>Creates an empty dictionary.</summary>
    public PyTorchDictionary() { }

    /// <summary>Whether Python has, or is to get, an <c>OrderedDict</c>, as a module's <c>state_dict()</c> is, instead of a
    /// <c>dict</c>.</summary>
    public bool IsOrderedDict { get; init; }

    /// <summary>The number of entries.</summary>
    public int Count => entries.Count;

    /// <summary>The keys, in order.</summary>
    public IEnumerable<object> Keys => entries.Select(entry => entry.Key);

    /// <summary>The values, in the order of their keys.</summary>
    public IEnumerable<object?> Values => entries.Select(entry => entry.Value);

    /// <summary>The value of a key. Setting a new key adds it at the end; setting one that is there keeps its place.</summary>
    /// <param name="key">The key.</param>
    /// <exception cref="ArgumentNullException"><paramref name="key"/> is null.</exception>
    /// <exception cref="KeyNotFoundException">There is no such key to get.</exception>
    public object? this[object key]
    {
        get => TryGetValue(key, out var value) ? value
            : throw new KeyNotFoundException($"There is no key '{key}'; there are {string.Join(", ", Keys)}.");
        set
        {
            var normal = Normal(key);
            if (places.TryGetValue(normal, out var place))
            {
                entries[place] = new(entries[place].Key, value);
                return;
            }
            places.Add(normal, entries.Count);
            entries.Add(new(normal, value));
        }
    }

    /// <summary>Gets the value of a key, where there is one.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">Its value; null where there is no such key.</param>
    /// <returns>Whether there is such a key.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="key"/> is null.</exception>
    public bool TryGetValue(object key, out object? value)
    {
        var found = places.TryGetValue(Normal(key), out var place);
        value = found ? entries[place].Value : null;
        return found;
    }

    /// <summary>Whether a key is there.</summary>
    /// <param name="key">The key.</param>
    /// <returns>Whether it is.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="key"/> is null.</exception>
    public bool ContainsKey(object key) => places.ContainsKey(Normal(key));

    internal object? GetValue(object key) => TryGetValue(key, out var value) ? value : null;

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<object, object?>> GetEnumerator() => entries.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static object Normal([NotNull] object? key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return key is int number ? (long)number : key;
    }
}
