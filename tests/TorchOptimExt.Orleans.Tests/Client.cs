using System.Diagnostics;
using ElasticSilo;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Runtime.Messaging;
using static TorchSharp.torch;

namespace TorchOptimExt.Orleans.Tests;

/// <summary>A client of a cluster, and what the same search gives alone.</summary>
internal sealed class Client : IAsyncDisposable
{
    private readonly IHost host;

    private Client(IHost host) => this.host = host;

    public ElasticSearch Search => Grains.GetElasticSearch("sphere");

    public IClusterClient Grains => host.Services.GetRequiredService<IClusterClient>();

    public static async Task<Client> Connect(Action<IClientBuilder> clustering)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        var watch = Stopwatch.StartNew();
        builder.UseOrleansClient(client =>
        {
            clustering(client);
            client.UseConnectionRetryFilter(async (_, cancellation) =>
            {
                await Task.Delay(200, cancellation);
                return watch.Elapsed.TotalSeconds < 30;
            });
        });
        var host = builder.Build();
        await host.StartAsync();
        return new(host);
    }

    public static Task<Client> Local(params SiloProcess[] silos) =>
        Connect(client => client.UseLocalhostClustering([.. silos.Select(silo => silo.GatewayPort)]));

    public static Task<Client> Redis(RedisServer server, string cluster) =>
        Connect(client => client.UseRedisClustering($"127.0.0.1:{server.Port}")
            .Configure<ClusterOptions>(o => (o.ClusterId, o.ServiceId) = (cluster, "elastic"))
            .Configure<GatewayOptions>(o => o.GatewayListRefreshPeriod = TimeSpan.FromSeconds(1)));

    /// <summary>Asks until the search answers: its silos may just have died.</summary>
    public async Task<ElasticSearchReport> Until(Func<ElasticSearchReport, bool> condition, double seconds = 30)
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            object last;
            try
            {
                var report = await Search.ReportAsync().WaitAsync(TimeSpan.FromSeconds(5));
                if (condition(report)) return report;
                last = report;
            }
            catch (Exception e) when (e is OrleansException or TimeoutException or ConnectionFailedException)
            {
                last = e;
            }
            Assert.True(watch.Elapsed.TotalSeconds < seconds, $"After {seconds} s the search stands at {last}");
            await Task.Delay(20);
        }
    }

    public async Task<double[]> Parameters()
    {
        using var task = Problem.Create(TimeSpan.Zero);
        await Search.LoadAsync(task.Module);
        return Numbers(task);
    }

    /// <summary>The parameters after so many steps of the serial search.</summary>
    public static double[] Serial(int steps)
    {
        using var task = Problem.Create(TimeSpan.Zero);
        for (var k = 0; k < steps; k++) task.Optimizer.step(task.Objective);
        return Numbers(task);
    }

    public static double DistanceSquared(double[] parameters) => parameters.Select((x, k) => Math.Pow(x - k / 10.0, 2)).Sum();

    private static double[] Numbers(SearchTask task)
    {
        using var quiet = no_grad();
        return [.. task.Optimizer.parameters().Single().data<double>()];
    }

    public async ValueTask DisposeAsync()
    {
        await host.StopAsync();
        host.Dispose();
    }
}
