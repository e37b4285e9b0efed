using System.Diagnostics;
using Spectre.Console;
using TorchOptimExt.Orleans;

namespace ElasticDigits;

/// <summary>Shows where the search stands: a table that is drawn anew on a terminal, lines in a file.</summary>
internal sealed class Display(Stopwatch watch)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(0.25);

    private readonly List<string> happenings = [];
    private TimeSpan shown = -Pause;

    /// <summary>Shows reports until they end.</summary>
    /// <returns>The last one.</returns>
    internal static async Task<ElasticSearchReport> Show(
        IAsyncEnumerable<(ElasticSearchReport report, string? happened)> reports, Stopwatch watch)
    {
        var display = new Display(watch);
        if (Console.IsOutputRedirected)
            return await display.Follow(
                reports, TimeSpan.FromSeconds(2), (report, happened) => Console.WriteLine(display.Line(report, happened)));
        return await AnsiConsole.Live(new Table()).StartAsync(context =>
            display.Follow(reports, Pause, (report, _) => context.UpdateTarget(display.Table(report))));
    }

    private async Task<ElasticSearchReport> Follow(
        IAsyncEnumerable<(ElasticSearchReport report, string? happened)> reports, TimeSpan pause, Action<ElasticSearchReport, string?> show)
    {
        var last = new ElasticSearchReport();
        await foreach (var (report, happened) in reports)
        {
            last = report;
            if (happened is not null) happenings.Add(FormattableString.Invariant($"step {report.Step}: {happened}"));
            if (happened is null && report.IsRunning && watch.Elapsed - shown < pause) continue;
            show(report, happened);
            shown = watch.Elapsed;
        }
        return last;
    }

    private string Line(ElasticSearchReport report, string? happened) => FormattableString.Invariant(
        $"step {report.Step,4} of {report.Target}: {-report.Mean,5:P1} wrong, silos {report.Evaluators}, ")
        + FormattableString.Invariant($"{Rate(report),6:F0} evaluations/s, given to another {report.GivenToAnother}{(happened is null ? "" : $"; {happened}")}");

    private Table Table(ElasticSearchReport report)
    {
        var table = new Table().AddColumns("Handwritten digits, searched by three silos", "");
        Row("step", FormattableString.Invariant($"{report.Step} of {report.Target}"));
        Row("wrong, mean over the directions", FormattableString.Invariant($"{-report.Mean:P1}"));
        Row("silos that evaluate", FormattableString.Invariant($"{report.Evaluators}"));
        Row("evaluations a second", FormattableString.Invariant($"{Rate(report):F0}"));
        Row("directions given to another silo", FormattableString.Invariant($"{report.GivenToAnother}"));
        Row("directions dropped", FormattableString.Invariant($"{report.DroppedInAll}"));
        foreach (var happened in happenings) Row("", happened);
        return table;

        void Row(string name, string value) => table.AddRow(name, value);
    }

    private double Rate(ElasticSearchReport report) => 2 * Problem.Directions * report.Step / watch.Elapsed.TotalSeconds;
}
