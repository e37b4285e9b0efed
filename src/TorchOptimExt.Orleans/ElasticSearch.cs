using System.Runtime.CompilerServices;
using static TorchSharp.torch;

namespace TorchOptimExt.Orleans;

/// <summary>A search that runs in a cluster, seen from a client or a silo.</summary>
/// <remarks>What the coordinator throws is passed on; where no silo answers, Orleans' own exceptions.</remarks>
public sealed class ElasticSearch
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly ICoordinator coordinator;

    internal ElasticSearch(string name, IGrainFactory grains) => (Name, coordinator) = (name, grains.GetGrain<ICoordinator>(name));

    /// <summary>The name under which the silos know the search.</summary>
    public string Name { get; }

    /// <summary>
    /// Runs the search until it has made so many steps in all, and returns at once. A run that is under way gets the new target.
    /// </summary>
    /// <param name="target">The number of steps, those made before included; at least those.</param>
    /// <returns>When the coordinator has kept the target.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The search is beyond the target already.</exception>
    /// <exception cref="ElasticSearchMismatchException">The cluster speaks another version.</exception>
    public Task StartAsync(long target) => coordinator.Start(Replica.Protocol, target);

    /// <summary>Ends the run after the present step.</summary>
    /// <returns>When the coordinator knows.</returns>
    public Task StopAsync() => coordinator.Stop(Replica.Protocol);

    /// <summary>Asks where the search stands.</summary>
    /// <returns>Its state now.</returns>
    public Task<ElasticSearchReport> ReportAsync() => coordinator.Report(Replica.Protocol, -1, TimeSpan.Zero);

    /// <summary>Follows the search until its run ends: a report whenever it has made steps, and at least every ten seconds.</summary>
    /// <param name="cancellation">Ends the enumeration, not the search.</param>
    /// <returns>The reports; several steps may have passed from one to the next. The last one says that the run has ended.</returns>
    public async IAsyncEnumerable<ElasticSearchReport> ReportsAsync([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var step = -1L;
        while (true)
        {
            var report = await coordinator.Report(Replica.Protocol, step, Patience).WaitAsync(cancellation);
            yield return report;
            if (!report.IsRunning) yield break;
            step = report.Step;
        }
    }

    /// <summary>Copies the parameters and buffers of the search into a module of the same kind.</summary>
    /// <param name="module">The module that is overwritten.</param>
    /// <returns>How many steps have updated what was copied.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="module"/> is null.</exception>
    public async Task<long> LoadAsync(nn.Module module)
    {
        ArgumentNullException.ThrowIfNull(module);
        var snapshot = await coordinator.Snapshot(Replica.Protocol);
        Replica.LoadModule(module, snapshot);
        return snapshot.Step;
    }
}
