namespace TorchOptimExt.Averaging;

/// <summary>Ends an exchange of weights with their averages.</summary>
internal sealed class SwappedAverages(Action end) : IDisposable
{
    public void Dispose() => end();
}
