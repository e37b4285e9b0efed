using ElasticSilo;

namespace TorchOptimExt.Orleans.Tests;

/// <summary>Several real silos, in processes of their own; some are killed.</summary>
[Collection(SiloProcess.OneTestAtATime)]
public sealed class ElasticSearchTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("elastic");

    private string Checkpoint => Path.Combine(folder.FullName, "search.ckpt");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task Two_silos_give_the_bits_of_the_serial_search()
    {
        using var first = await SiloProcess.Start("primary");
        using var second = await SiloProcess.Start($"local:{first.SiloPort}");
        await using var client = await Client.Local(first, second);
        await client.Until(report => report.Evaluators == 2);
        await client.Search.StartAsync(40);
        ElasticSearchReport? last = null;
        await foreach (var report in client.Search.ReportsAsync()) last = report;
        Assert.Equal((40, false, 0L), (last!.Step, last.IsRunning, last.DroppedInAll));
        Assert.Equal(Client.Serial(40), await client.Parameters());
    }

    [Fact]
    public async Task A_silo_killed_in_the_middle_of_a_step_costs_no_direction_and_another_joins()
    {
        using var first = await SiloProcess.Start("primary", delay: 10);
        await using var client = await Client.Local(first);
        await client.Until(report => report.Evaluators == 1);       // the coordinator lives in the only silo there is
        var others = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => SiloProcess.Start($"local:{first.SiloPort}", delay: 10)));
        using var second = others[0];
        using var third = others[1];
        await client.Until(report => report.Evaluators == 3);
        await client.Search.StartAsync(30);
        await client.Until(report => report.Step >= 3);
        second.Kill();
        using var fourth = await SiloProcess.Start($"local:{first.SiloPort}", delay: 10);
        var last = await client.Until(report => !report.IsRunning);
        Assert.Equal((30, 0L), (last.Step, last.DroppedInAll));
        Assert.InRange(last.GivenToAnother, 1, Problem.Directions);
        Assert.Equal(3, (await client.Until(report => report.Evaluators == 3)).Evaluators);
        Assert.Equal(Client.Serial(30), await client.Parameters());
    }

    [RedisFact]
    public async Task A_coordinator_killed_and_started_anew_goes_on_from_its_checkpoint()
    {
        using var redis = await RedisServer.Start();
        var clustering = $"127.0.0.1:{redis.Port} coordinator";
        using var first = await SiloProcess.Start(clustering, Checkpoint, delay: 5);
        await using var client = await Client.Redis(redis, "coordinator");
        await client.Until(report => report.Evaluators == 1);
        using var second = await SiloProcess.Start(clustering, Checkpoint, delay: 5);
        await client.Search.StartAsync(40);
        await client.Until(report => report.Step >= 5);
        first.Kill();
        var last = await client.Until(report => !report.IsRunning && report.Step >= 40, seconds: 60);
        Assert.InRange(last.StartedAt, 5, 39);
        Assert.Equal(0L, last.DroppedInAll);
        Assert.Equal(Client.Serial(40), await client.Parameters());
    }

    [Fact]
    public async Task A_silo_that_searches_something_else_is_refused_and_the_search_goes_on()
    {
        using var first = await SiloProcess.Start("primary");
        await using var client = await Client.Local(first);
        await client.Until(report => report.Evaluators == 1);
        using var stranger = await SiloProcess.Start($"local:{first.SiloPort}", seed: "8");
        await client.Until(_ => stranger.Printed.Contains("refuses this silo", StringComparison.Ordinal));
        Assert.Contains("make the same model and optimizer, with the same seed, in every silo", stranger.Printed, StringComparison.Ordinal);
        await client.Search.StartAsync(20);
        Assert.Equal(1, (await client.Until(report => !report.IsRunning)).Evaluators);
        Assert.Equal(Client.Serial(20), await client.Parameters());
    }
}
