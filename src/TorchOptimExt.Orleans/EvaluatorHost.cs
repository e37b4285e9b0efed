using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace TorchOptimExt.Orleans;

/// <summary>Starts a silo's evaluators and says again and again that they are there: to a coordinator that was started anew, too.</summary>
internal sealed partial class EvaluatorHost(
    string search, IGrainFactory grains, ILocalSiloDetails silo, IOptionsMonitor<ElasticSearchOptions> options,
    ILogger<EvaluatorHost> logger)
    : BackgroundService
{
    private readonly ILogger<EvaluatorHost> logger = logger;
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);

    private ICoordinator Coordinator => grains.GetGrain<ICoordinator>(search);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var numbers = Enumerable.Range(0, options.Get(search).Evaluators);
        string[] keys = [.. numbers.Select(number => Evaluator.Key(search, silo.SiloAddress, number))];
        using var timer = new PeriodicTimer(Beat);
        try
        {
            do
            {
                foreach (var key in keys) await Join(key);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested) { }
        await Leave(keys);
    }

    private async Task Join(string key)
    {
        try
        {
            await Coordinator.Join(key, await grains.GetGrain<IEvaluator>(key).Hello());
        }
        catch (ElasticSearchMismatchException e)
        {
            LogRefused(search, e.Message);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogAlone(search, e.Message);
        }
    }

    private async Task Leave(string[] keys)
    {
        try
        {
            foreach (var key in keys) await Coordinator.Leave(key);
        }
        catch (Exception e)
        {
            LogAlone(search, e.Message); // the cluster may be gone already
        }
    }

    [LoggerMessage(LogLevel.Error, "The elastic search '{Search}' refuses this silo: {Reason}")]
    private partial void LogRefused(string search, string reason);

    [LoggerMessage(LogLevel.Debug, "The coordinator of the elastic search '{Search}' does not answer: {Reason}")]
    private partial void LogAlone(string search, string reason);
}
