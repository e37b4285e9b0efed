namespace TorchOptimExt.Averaging;

/// <summary>Ends an exchange of weights with their averages, once.</summary>
internal sealed class SwappedAverages(Action end) : IDisposable
{
    private Action? end = end;

    public void Dispose()
    {
        end?.Invoke();
        end = null;
    }
}
