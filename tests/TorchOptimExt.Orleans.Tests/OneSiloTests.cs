using System.Diagnostics;
using Xunit.Abstractions;

namespace TorchOptimExt.Orleans.Tests;

/// <summary>A real silo in a process of its own, which several tests ask; each goes on from where the search is.</summary>
[Collection(SiloProcess.OneTestAtATime)]
public sealed class OneSiloTests(OneSilo one, ITestOutputHelper output) : IClassFixture<OneSilo>
{
    private static readonly Hello Own = Evaluator();

    private Client Client => one.Client;

    private ICoordinator Coordinator => Client.Grains.GetGrain<ICoordinator>("sphere");

    [Fact]
    public async Task A_target_that_is_passed_already_is_refused()
    {
        var from = (await Client.Search.ReportAsync()).Step;
        await Run(from + 3);
        var e = await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Client.Search.StartAsync(from + 2));
        Assert.Contains(Text($"the search is at {from + 3} already"), e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_with_another_version_of_the_messages_is_refused()
    {
        Func<Task>[] calls =
        [
            () => Coordinator.Start(2, 1000), () => Coordinator.Stop(2), () => Coordinator.Report(2, -1, TimeSpan.Zero),
            () => Coordinator.Snapshot(2),
        ];
        foreach (var call in calls)
        {
            var e = await Assert.ThrowsAsync<ElasticSearchMismatchException>(call);
            Assert.Equal(
                "The caller speaks version 2 of the messages, this silo version 1: run one version in the whole cluster.", e.Message);
        }
        Assert.False((await Client.Search.ReportAsync()).IsRunning);
    }

    [Fact]
    public async Task An_evaluator_of_another_version_is_refused()
    {
        await Refused(Own with { Protocol = 2 }, "speaks version 2 of the messages, this silo version 1");
        await Refused(Own with { Library = "0.0.1" }, "runs TorchOptimExt.Orleans 0.0.1, this silo ");
        await Refused(Own with { Model = "Float64 3×3" }, "searches over [Float64 3×3], this silo over [Float64 1×20;");
        Assert.Equal(1, (await Client.Search.ReportAsync()).Evaluators);

        async Task Refused(Hello hello, string message)
        {
            var e = await Assert.ThrowsAsync<ElasticSearchMismatchException>(() => Coordinator.Join("stranger", hello));
            Assert.Contains(message, e.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_hundred_thousand_evaluations_leave_no_memory_behind()
    {
        var from = (await Client.Search.ReportAsync()).Step;
        await Run(from += 800);
        var before = one.Silo.Memory;
        var watch = Stopwatch.StartNew();
        var last = await Run(from + 3125);         // of 32 evaluations each
        var (after, rate) = (one.Silo.Memory, 100_000 / watch.Elapsed.TotalSeconds);
        output.WriteLine(Text($"{rate:f0} evaluations a second; {before >> 20} MiB became {after >> 20} MiB."));
        Assert.Equal(0, last.DroppedInAll);
        Assert.InRange(after, 0, before + (32 << 20));
    }

    private async Task<ElasticSearchReport> Run(long target)
    {
        await Client.Search.StartAsync(target);
        return await Client.Until(report => !report.IsRunning && report.Step == target, seconds: 60);
    }

    private static string Text(FormattableString text) => FormattableString.Invariant(text);

    private static Hello Evaluator()
    {
        using var replica = new Replica(ElasticSilo.Problem.Create(TimeSpan.Zero));
        return replica.Hello;
    }
}
