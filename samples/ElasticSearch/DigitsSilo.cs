using System.Net;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using TorchOptimExt.Orleans;

namespace ElasticDigits;

/// <summary>One silo of the cluster, in a process of its own.</summary>
internal static class DigitsSilo
{
    /// <summary>What a silo says when it is a member of the cluster.</summary>
    internal const string Ready = "ready";

    /// <summary>Runs a silo until its standard input ends, as it does when the demonstration ends in whatever way.</summary>
    internal static async Task<int> Run(int port, int gateway, int primary)
    {
        TorchSharp.torch.set_num_threads(1);
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders().AddSimpleConsole(o => o.SingleLine = true).SetMinimumLevel(LogLevel.Error);
        builder.UseOrleans(silo =>
        {
            silo.UseLocalhostClustering(port, gateway, new IPEndPoint(IPAddress.Loopback, primary));
            silo.Configure<ClusterMembershipOptions>(Impatient);
            silo.AddElasticSearch(Problem.Name, options => options.Create = Problem.Create);
        });
        using var host = builder.Build();
        await host.StartAsync();
        Console.WriteLine(Ready);
        while (await Console.In.ReadLineAsync() is not null) { }
        await host.StopAsync();
        return 0;
    }

    // Within a few seconds the others know that a silo is dead; over a real network, leave Orleans' own values.
    private static void Impatient(ClusterMembershipOptions options)
    {
        options.ProbeTimeout = TimeSpan.FromSeconds(1);
        options.NumMissedProbesLimit = 3;
        options.NumVotesForDeathDeclaration = 1;
    }
}
