using System.Diagnostics;

namespace TorchOptimExt.Orleans.Tests;

/// <summary>Real silos in processes of their own.</summary>
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
        using var first = await SiloProcess.Start("primary", delay: 20);
        using var second = await SiloProcess.Start($"local:{first.SiloPort}", delay: 20);
        using var third = await SiloProcess.Start($"local:{first.SiloPort}", delay: 20);
        await using var client = await Client.Local(first);
        await client.Until(report => report.Evaluators == 3);
        await client.Search.StartAsync(30);
        await client.Until(report => report.Step >= 3);
        second.Kill();
        using var fourth = await SiloProcess.Start($"local:{first.SiloPort}", delay: 20);
        var last = await client.Until(report => !report.IsRunning);
        Assert.Equal((30, 0L), (last.Step, last.DroppedInAll));
        Assert.True(last.GivenToAnother is > 0 and <= 16, $"{last}");
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
        await client.Until(report => report.Evaluators == 1);       // the coordinator lives in the only silo there is
        using var second = await SiloProcess.Start(clustering, Checkpoint, delay: 5);
        await client.Search.StartAsync(60);
        await client.Until(report => report.Step >= 5);
        first.Kill();
        var last = await client.Until(report => !report.IsRunning && report.Step >= 60, seconds: 90);
        Assert.True(last.StartedAt >= 5, $"{last}");
        Assert.Equal(0L, last.DroppedInAll);
        Assert.Equal(Client.Serial(60), await client.Parameters());
    }

    [Fact]
    public async Task A_silo_that_searches_something_else_is_refused_and_the_search_goes_on()
    {
        using var first = await SiloProcess.Start("primary");
        using var stranger = await SiloProcess.Start($"local:{first.SiloPort}", seed: "8");
        await using var client = await Client.Local(first);
        await client.Search.StartAsync(20);
        await client.Until(report => !report.IsRunning);
        await client.Until(_ => (first.Printed + stranger.Printed).Contains("refuses this silo", StringComparison.Ordinal));
        Assert.Contains("with the same seed", first.Printed + stranger.Printed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_target_that_is_passed_already_is_refused()
    {
        using var silo = await SiloProcess.Start("primary");
        await using var client = await Client.Local(silo);
        await client.Search.StartAsync(3);
        await client.Until(report => !report.IsRunning);
        var e = await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => client.Search.StartAsync(2));
        Assert.Contains("the search is at 3 already", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hundred_thousand_evaluations_leave_no_memory_behind()
    {
        using var silo = await SiloProcess.Start("primary");
        await using var client = await Client.Local(silo);
        await client.Search.StartAsync(800);
        await client.Until(report => report.Step >= 400);
        var before = silo.Memory;
        var watch = Stopwatch.StartNew();
        var from = (await client.Search.ReportAsync()).Step;
        await client.Search.StartAsync(from + 3125);         // of 32 evaluations each
        var last = await client.Until(report => !report.IsRunning, seconds: 120);
        var rate = 32 * (last.Step - from) / watch.Elapsed.TotalSeconds;
        Assert.Equal(0, last.DroppedInAll);
        Assert.True(silo.Memory < before + (64 << 20), $"{before >> 20} MiB became {silo.Memory >> 20} MiB; {rate:f0} evaluations a second.");
    }
}
