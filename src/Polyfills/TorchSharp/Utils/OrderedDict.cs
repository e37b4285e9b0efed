#nullable disable
using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace TorchSharp.Utils;

/// <summary>A dictionary that enumerates its entries in the order in which they were added.</summary>
public class OrderedDict<TKey, TValue> : IDictionary<TKey, TValue>, IList<(TKey, TValue)>
{
    private readonly List<(TKey, TValue)> entries = [];
    private readonly Dictionary<TKey, TValue> byKey = [];

    public int Count => entries.Count;
    public bool IsReadOnly => false;
    public ICollection<TKey> Keys => entries.ConvertAll(entry => entry.Item1);
    public ICollection<TValue> Values => entries.ConvertAll(entry => entry.Item2);
    public IEnumerable<TKey> keys() => Keys;
    public IEnumerable<TValue> values() => Values;
    public IEnumerator<(TKey, TValue)> items() => GetEnumerator();

    public TValue this[TKey key]
    {
        get => byKey[key];
        set
        {
            var index = Find(key);
            if (index < 0) entries.Add((key, value));
            else entries[index] = (key, value);
            byKey[key] = value;
        }
    }

    public (TKey, TValue) this[int index]
    {
        get => entries[index];
        set
        {
            entries[index] = value;
            byKey[value.Item1] = value.Item2;
        }
    }

    public bool ContainsKey(TKey key) => byKey.ContainsKey(key);
    public bool Contains((TKey, TValue) item) => entries.Contains(item);
    public bool Contains(KeyValuePair<TKey, TValue> item) => ContainsKey(item.Key);
    public bool TryGetValue(TKey key, [MaybeNullWhen(false)] out TValue value) => byKey.TryGetValue(key, out value);
    public int IndexOf((TKey, TValue) item) => entries.IndexOf(item);

    public void Add(TKey key, TValue value) => Insert(Count, (key, value));
    public void Add((TKey, TValue) item) => Insert(Count, item);
    public void Add(KeyValuePair<TKey, TValue> item) => Insert(Count, (item.Key, item.Value));

    public void Insert(int index, (TKey, TValue) item)
    {
        byKey.Add(item.Item1, item.Item2);
        entries.Insert(index, item);
    }

    public bool Remove(TKey key)
    {
        if (!byKey.Remove(key)) return false;
        entries.RemoveAt(Find(key));
        return true;
    }

    public bool Remove((TKey, TValue) item) => Remove(item.Item1);
    public bool Remove(KeyValuePair<TKey, TValue> item) => Remove(item.Key);
    public void RemoveAt(int index) => Remove(entries[index].Item1);

    public void Clear()
    {
        byKey.Clear();
        entries.Clear();
    }

    public void clear() => Clear();

    public void CopyTo((TKey, TValue)[] array, int arrayIndex) => entries.CopyTo(array, arrayIndex);
    public void CopyTo(KeyValuePair<TKey, TValue>[] array, int arrayIndex) => Pairs().ToArray().CopyTo(array, arrayIndex);
    public IEnumerator<(TKey, TValue)> GetEnumerator() => entries.GetEnumerator();
    IEnumerator<KeyValuePair<TKey, TValue>> IEnumerable<KeyValuePair<TKey, TValue>>.GetEnumerator() => Pairs().GetEnumerator();
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private IEnumerable<KeyValuePair<TKey, TValue>> Pairs() => entries.Select(entry => KeyValuePair.Create(entry.Item1, entry.Item2));
    private int Find(TKey key) => entries.FindIndex(entry => entry.Item1.Equals(key));
}
