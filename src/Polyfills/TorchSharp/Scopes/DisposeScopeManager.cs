namespace TorchSharp;

/// <summary>The dispose scopes of one thread, innermost first, and what was created and disposed in them.</summary>
public class DisposeScopeManager
{
    [ThreadStatic] private static DisposeScopeManager? thread;
    internal static DisposeScopeManager ThreadSingleton => thread ??= new DisposeScopeManager();

    public static ThreadDisposeScopeStatistics Statistics => ThreadSingleton.StatisticsInstance;

    internal ThreadDisposeScopeStatistics StatisticsInstance { get; } = new();
    internal DisposeScope? CurrentDisposeScope { get; private set; }

    internal DisposeScope NewDisposeScope() => CurrentDisposeScope = new DisposeScope(this);

    internal DisposeScope? Register(Tensor tensor)
    {
        var tensors = StatisticsInstance.TensorStatistics;
        if (CurrentDisposeScope is null) tensors.CreatedOutsideScopeCount++;
        else
        {
            tensors.CreatedInScopeCount++;
            CurrentDisposeScope.Disposables.Add(tensor);
        }
        return CurrentDisposeScope;
    }

    internal void Disposing(Tensor tensor)
    {
        var tensors = StatisticsInstance.TensorStatistics;
        if (tensor.OwningDisposeScope is null) tensors.DisposedOutsideScopeCount++;
        else tensors.DisposedInScopeCount++;
    }

    internal void RemoveDisposeScope(DisposeScope ended)
    {
        if (CurrentDisposeScope == ended) { CurrentDisposeScope = ended.OuterScope; return; }
        for (var scope = CurrentDisposeScope; scope is not null; scope = scope.OuterScope)
            if (scope.OuterScope == ended) scope.OuterScope = ended.OuterScope;
    }
}
