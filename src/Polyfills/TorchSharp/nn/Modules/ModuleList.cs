using System.Collections;

namespace TorchSharp.Modules;

public class ModuleList<T> : nn.Module, IList<T> where T : nn.Module
{
    private readonly List<T> list;
    private bool isRegistered;

    public ModuleList(params T[] modules) : base("ModuleList") => list = [.. modules];

    /// <summary>Numbers the modules when the list becomes part of a module: what is added later is not registered.</summary>
    protected override void RegisterComponents()
    {
        if (isRegistered) return;
        for (var k = 0; k < list.Count; k++) register_module($"{k}", list[k]);
        isRegistered = true;
    }

    public int Count => list.Count;
    public bool IsReadOnly => false;
    public T this[int index] { get => list[index]; set => list[index] = value; }
    public void Add(T item) => list.Add(item);
    public void append(params T[] parameters) => list.AddRange(parameters);
    public void extend(IEnumerable<T> modules) => list.AddRange(modules);
    public void Insert(int index, T item) => list.Insert(index, item);
    public bool Remove(T item) => list.Remove(item);
    public void RemoveAt(int index) => list.RemoveAt(index);
    public void Clear() => list.Clear();
    public bool Contains(T item) => list.Contains(item);
    public int IndexOf(T item) => list.IndexOf(item);
    public void CopyTo(T[] array, int arrayIndex) => list.CopyTo(array, arrayIndex);
    public IEnumerator<T> GetEnumerator() => list.GetEnumerator();
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
