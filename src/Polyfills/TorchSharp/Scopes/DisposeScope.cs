namespace TorchSharp;

/// <summary>Owns the tensors that are created while it is the innermost scope of its thread, and disposes them with itself.</summary>
public sealed class DisposeScope : IDisposable
{
    private DisposeScopeManager? manager;

    internal DisposeScope(DisposeScopeManager manager)
    {
        this.manager = manager;
        OuterScope = manager.CurrentDisposeScope;
    }

    internal DisposeScope? OuterScope { get; set; }
    internal HashSet<IDisposable> Disposables { get; private set; } = new(ReferenceEqualityComparer.Instance);

    public IReadOnlyList<IDisposable> DisposablesView { get { Open(); return [.. Disposables]; } }
    public int DisposablesCount { get { Open(); return Disposables.Count; } }
    public bool Contains(IDisposable disposable) => Disposables.Contains(disposable);

    public T MoveToOuter<T>(T disposable) where T : IDisposable { MoveToOther(OuterScope, [disposable]); return disposable; }
    public (T1 first, T2 second) MoveToOuter<T1, T2>(T1 first, T2 second) where T1 : IDisposable where T2 : IDisposable { MoveToOther(OuterScope, [first, second]); return (first, second); }
    public (T1 first, T2 second, T3 third) MoveToOuter<T1, T2, T3>(T1 first, T2 second, T3 third) where T1 : IDisposable where T2 : IDisposable where T3 : IDisposable { MoveToOther(OuterScope, [first, second, third]); return (first, second, third); }
    public void MoveToOuter(params IDisposable[] disposables) => MoveToOther(OuterScope, disposables);
    public void MoveToOuter(IEnumerable<IDisposable> disposables) => MoveToOther(OuterScope, disposables);

    public T MoveToOther<T>(DisposeScope? scope, T disposable) where T : IDisposable { MoveToOther(scope, [disposable]); return disposable; }
    public void MoveToOther(DisposeScope? scope, params IDisposable[] disposables) => MoveToOther(scope, (IEnumerable<IDisposable>)disposables);
    public void MoveToOther(DisposeScope? scope, IEnumerable<IDisposable> disposables)
    {
        Open();
        if (scope is null) Detach(disposables);
        else foreach (var disposable in disposables) if (Disposables.Contains(disposable)) scope.Adopt(disposable);
    }

    public T Detach<T>(T disposable) where T : IDisposable { Detach([disposable]); return disposable; }
    public (T1 first, T2 second) Detach<T1, T2>(T1 first, T2 second) where T1 : IDisposable where T2 : IDisposable { Detach([first, second]); return (first, second); }
    public void Detach(params IDisposable[] disposables) => Detach((IEnumerable<IDisposable>)disposables);
    public void Detach(IEnumerable<IDisposable> disposables)
    {
        var tensors = Open().StatisticsInstance.TensorStatistics;
        foreach (var disposable in disposables)
        {
            if (!Disposables.Remove(disposable)) continue;
            tensors.DetachedFromScopeCount++;
            ((Tensor)disposable).OwningDisposeScope = null;
        }
    }

    public void Attach(IDisposable disposable) => Attach((IEnumerable<IDisposable>)[disposable]);
    public void Attach(params IDisposable[] disposables) => Attach((IEnumerable<IDisposable>)disposables);
    public IReadOnlyList<IDisposable> Attach(IEnumerable<IDisposable> disposables)
    {
        var tensors = Open().StatisticsInstance.TensorStatistics;
        List<IDisposable> all = [.. disposables];
        foreach (var disposable in all) if (Adopt(disposable)) tensors.AttachedToScopeCount++;
        return all;
    }

    public void DisposeEverything() => DisposeEverythingBut([]);
    public void DisposeEverythingBut(params IDisposable[] keep) => DisposeEverythingBut((IEnumerable<IDisposable>)keep);
    public T DisposeEverythingBut<T>(T keep) where T : IDisposable { DisposeEverythingBut([keep]); return keep; }
    public void DisposeEverythingBut(IEnumerable<IDisposable> inKeep)
    {
        Open();
        var old = Disposables;
        Disposables = new(inKeep, ReferenceEqualityComparer.Instance);
        foreach (var disposable in old) if (!Disposables.Contains(disposable)) disposable.Dispose();
    }

    public void MarkAsDisposed(IDisposable disposable)
    {
        Open();
        Disposables.Remove(disposable);
        if (disposable is Tensor tensor) tensor.OwningDisposeScope = null;
    }

    public void Dispose()
    {
        if (manager is null) return;
        DisposeEverything();
        manager.RemoveDisposeScope(this);
        manager = null;
    }

    /// <summary>A wrapper that takes over another's handle takes its place here too.</summary>
    internal void Replace(Tensor original, Tensor replacement)
    {
        if (!Disposables.Remove(original)) return;
        original.OwningDisposeScope = null;
        Adopt(replacement);
    }

    private DisposeScopeManager Open() => manager ?? throw new ObjectDisposedException(nameof(DisposeScope));

    private bool Adopt(IDisposable disposable)
    {
        if (disposable is not Tensor tensor) throw new InvalidOperationException("A dispose scope holds tensors only.");
        if (tensor.OwningDisposeScope == this) return false;
        tensor.OwningDisposeScope?.Disposables.Remove(tensor);
        tensor.OwningDisposeScope = this;
        return Disposables.Add(tensor);
    }
}
