using System.Globalization;
using System.Net;
using ElasticSilo;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using TorchOptimExt.Orleans;

// ElasticSilo SILO-PORT GATEWAY-PORT CLUSTERING CHECKPOINT DELAY-MS [SEED]
//   CLUSTERING: "primary", "local:PORT-OF-PRIMARY" or a connection string of Redis with the cluster's name behind a space
//   CHECKPOINT: a path or "none"
var (siloPort, gatewayPort) = (int.Parse(args[0], CultureInfo.InvariantCulture), int.Parse(args[1], CultureInfo.InvariantCulture));
var (clustering, checkpoint) = (args[2], args[3] == "none" ? null : args[3]);
var delay = TimeSpan.FromMilliseconds(double.Parse(args[4], CultureInfo.InvariantCulture));
var seed = args.Length > 5 ? long.Parse(args[5], CultureInfo.InvariantCulture) : Problem.Seed;
TorchSharp.torch.set_num_threads(1);

var builder = Host.CreateApplicationBuilder();
builder.Logging.ClearProviders().AddSimpleConsole(o => o.SingleLine = true)
    .SetMinimumLevel(LogLevel.Warning).AddFilter("TorchOptimExt", LogLevel.Information);
builder.UseOrleans(silo =>
{
    if (clustering == "primary") silo.UseLocalhostClustering(siloPort, gatewayPort);
    else if (clustering.StartsWith("local:", StringComparison.Ordinal))
    {
        var primary = int.Parse(clustering.AsSpan(6), CultureInfo.InvariantCulture);
        silo.UseLocalhostClustering(siloPort, gatewayPort, new IPEndPoint(IPAddress.Loopback, primary));
    }
    else
    {
        silo.UseRedisClustering(clustering.Split(' ')[0]);
        silo.Configure<ClusterOptions>(o => (o.ClusterId, o.ServiceId) = (clustering.Split(' ')[1], "elastic"));
        silo.ConfigureEndpoints(IPAddress.Loopback, siloPort, gatewayPort);
    }
    silo.Configure<ClusterMembershipOptions>(o =>
    {
        (o.ProbeTimeout, o.NumMissedProbesLimit, o.NumVotesForDeathDeclaration) = (TimeSpan.FromSeconds(1), 3, 1);
        (o.TableRefreshTimeout, o.DefunctSiloExpiration) = (TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(60));
    });
    silo.AddElasticSearch("sphere", options =>
    {
        options.Create = () => Problem.Create(delay, seed);
        (options.Checkpoint, options.CheckpointInterval) = (checkpoint, TimeSpan.Zero);
        options.AnswerTimeout = TimeSpan.FromSeconds(8);
    });
});
using var host = builder.Build();
await host.StartAsync();
Console.WriteLine("ready");
await host.WaitForShutdownAsync();
