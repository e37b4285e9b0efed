using System.Diagnostics;
using System.Globalization;
using CompareOptimizers.Registry;
using CompareOptimizers.Training;
using Spectre.Console;

namespace CompareOptimizers.Progress;

/// <summary>Progress on a terminal: a bar for each optimizer.</summary>
internal sealed class LiveProgress(ProgressContext context, IEnumerable<Contender> contenders) : IDuelObserver
{
    private static readonly TimeSpan Refresh = TimeSpan.FromMilliseconds(200);

    private readonly Dictionary<string, ProgressTask> tasks = contenders.ToDictionary(
        contender => contender.Name, contender => context.AddTask(Markup.Escape(contender.Name), autoStart: false));

    private long refreshed = Stopwatch.GetTimestamp();

    /// <summary>Runs with bars; the terminal is as before when it ends.</summary>
    public static T Run<T>(IReadOnlyList<Contender> contenders, Func<IDuelObserver, T> run) =>
        AnsiConsole.Progress()
            .AutoClear(true)
            .AutoRefresh(false)
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .Start(context => run(new LiveProgress(context, contenders)));

    public void Started(Contender contender, int steps)
    {
        tasks[contender.Name].MaxValue = steps;
        tasks[contender.Name].StartTask();
        context.Refresh();
    }

    public void Stepped(Duel duel, int steps)
    {
        if (Stopwatch.GetElapsedTime(refreshed) < Refresh)
            return;
        refreshed = Stopwatch.GetTimestamp();
        var task = tasks[duel.Contender.Name];
        task.Value = steps;
        task.Description = Describe(duel);
        context.Refresh();
    }

    public void Evaluated(Duel duel, int step, int steps) => tasks[duel.Contender.Name].Description = Describe(duel);

    public void Ended(Duel duel)
    {
        var task = tasks[duel.Contender.Name];
        task.Value = duel.Ours.Steps;
        task.Description = Describe(duel);
        task.StopTask();
        context.Refresh();
    }

    private static string Describe(Duel duel)
    {
        var loss = duel.Ours.Loss.Count == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"loss {duel.Ours.Loss[^1].Value:F4}");
        return string.Create(CultureInfo.InvariantCulture, $"{Markup.Escape(duel.Contender.Name),-12} [grey]{loss,-12} {duel.Objective.ScoreName} {duel.Objective.Format(duel.Ours.TestScore),7}[/]");
    }
}
