using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TorchOptimExt.Orleans;

namespace ElasticDigits;

/// <summary>Starts three silos, follows their search, kills one after a third of it and starts another.</summary>
internal sealed class Demonstration : IDisposable
{
    private readonly List<SiloProcess> silos = [];

    /// <summary>Runs it.</summary>
    /// <returns>The exit code.</returns>
    internal static async Task<int> Run(int steps, CancellationToken cancellation)
    {
        using var demonstration = new Demonstration();
        try
        {
            return await demonstration.Search(steps, cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return 130;
        }
    }

    public void Dispose()
    {
        foreach (var silo in silos) silo.Dispose();
    }

    private async Task<int> Search(int steps, CancellationToken cancellation)
    {
        Console.WriteLine("Starting three silos ...");
        silos.Add(await SiloProcess.Start(null, cancellation));
        using var client = await Connect(silos[0].Gateway, cancellation);
        var search = client.Services.GetRequiredService<IClusterClient>().GetElasticSearch(Problem.Name);
        // The coordinator comes to live in the only silo there is.
        while ((await search.ReportAsync()).Evaluators < 1) await Task.Delay(50, cancellation);
        silos.AddRange(await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => SiloProcess.Start(silos[0], cancellation))));
        while ((await search.ReportAsync()).Evaluators < 3) await Task.Delay(50, cancellation);

        await search.StartAsync(steps);
        var last = await Display.Show(Watched(search, steps, cancellation), Stopwatch.StartNew());
        using var model = Problem.Model();
        await search.LoadAsync(model);
        var accuracy = Problem.TestAccuracy(model);
        Console.WriteLine(FormattableString.Invariant(
            $"{last.Step} steps; {last.DroppedInAll} directions dropped; test accuracy {accuracy:P1}"));
        await client.StopAsync(cancellation);
        if (last.Failure is null) return 0;
        Console.Error.WriteLine(last.Failure);
        return 1;
    }

    // The reports, with what happens to the silos on the way.
    private async IAsyncEnumerable<(ElasticSearchReport report, string? happened)> Watched(
        ElasticSearch search, int steps, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        var (killed, started) = (false, default(Task<SiloProcess>));
        await foreach (var report in search.ReportsAsync(cancellation))
        {
            string? happened = null;
            if (!killed && report.Step >= steps / 3)
            {
                silos[2].Kill();
                (killed, happened) = (true, "a silo is killed");
                started = SiloProcess.Start(silos[0], cancellation);
            }
            else if (started is { IsCompletedSuccessfully: true } && silos.Count == 3)
            {
                silos.Add(started.Result);
                happened = "another silo is there";
            }
            yield return (report, happened);
        }
        if (started is not null && silos.Count == 3) silos.Add(await started);
    }

    private static async Task<IHost> Connect(int gateway, CancellationToken cancellation)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.UseOrleansClient(client => client.UseLocalhostClustering(gateway));
        var host = builder.Build();
        await host.StartAsync(cancellation);
        return host;
    }
}
