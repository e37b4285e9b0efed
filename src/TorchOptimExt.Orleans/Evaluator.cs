using Microsoft.Extensions.Options;
using Orleans.Placement;

namespace TorchOptimExt.Orleans;

/// <summary>
/// A replica of the model that follows the coordinator step by step: it gets numbers only, and a snapshot where it was not there before.
/// </summary>
[PreferLocalPlacement, KeepAlive]
internal sealed class Evaluator(IOptionsMonitor<ElasticSearchOptions> options, ILocalSiloDetails silo) : Grain, IEvaluator, IDisposable
{
    private readonly CancellationTokenSource ended = new();
    private Replica? replica;
    private string search = "";

    /// <summary>The key of an evaluator: the search, the silo and a number.</summary>
    internal static string Key(string search, SiloAddress silo, int number) => $"{search}\n{silo.ToParsableString()}\n{number}";

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var parts = this.GetPrimaryKeyString().Split('\n');
        if (parts.Length != 3 || parts[1] != silo.SiloAddress.ToParsableString())
            throw new OrleansException("This evaluator's silo is gone.");
        search = parts[0];
        replica = new(options.Get(search).Create!());
        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        ended.Cancel();
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        ended.Dispose();
        replica?.Dispose();
    }

    public Task<Hello> Hello() => Task.FromResult(replica!.Hello);

    public async Task<Rewards> Evaluate(Work work)
    {
        replica!.Check(work.Hello, "The coordinator");
        await Follow(work);
        return await Task.Run(() => replica.Evaluate(work.From, work.Count, ended.Token));
    }

    private async Task Follow(Work work)
    {
        if (replica!.Step == work.Step) return;
        if (replica.Step == work.Step - 1 && work.Previous is { } previous)
        {
            await Task.Run(() => replica.Task.Optimizer.Update(previous.Plus, previous.Minus));
            return;
        }
        var snapshot = await GrainFactory.GetGrain<ICoordinator>(search).Snapshot(Replica.Protocol);
        replica.Load(snapshot);
        if (replica.Step != work.Step) throw new OrleansException($"Step {work.Step} is over: the search is at {replica.Step}.");
    }
}
