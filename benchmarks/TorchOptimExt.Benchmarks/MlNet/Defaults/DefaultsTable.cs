using System.Globalization;

namespace TorchOptimExt.Benchmarks.MlNet.Defaults;

/// <summary>What was measured, a line for each table, on the terminal or as Markdown.</summary>
internal static class DefaultsTable
{
    internal static void Write(IReadOnlyList<Measured> all, bool markdown)
    {
        string[] trainers = [.. Rivals.Names.Where(name => all.Any(m => m.Trainer == name))];
        Console.WriteLine();
        WriteLine(markdown, ["data", .. trainers, "behind the best"]);
        if (markdown) Console.WriteLine($"|---|{string.Concat(Enumerable.Repeat("--:|", trainers.Length + 1))}");
        foreach (var line in all.GroupBy(m => m.Table))
        {
            var cells = trainers.Select(name => line.FirstOrDefault(m => m.Trainer == name) is { } m ? Number(m.Metric) : "–");
            WriteLine(markdown, [line.Key.Name, .. cells, Behind([.. line])]);
        }
        WriteLine(markdown, ["seconds", .. trainers.Select(name => all.Where(m => m.Trainer == name).Sum(m => m.Seconds)
            .ToString("F0", CultureInfo.InvariantCulture)), ""]);
    }

    private static void WriteLine(bool markdown, string[] cells) => Console.WriteLine(markdown ? $"| {string.Join(" | ", cells)} |"
        : $"{cells[0],-14}{string.Concat(cells[1..^1].Select(cell => $"{cell,9}"))}  {cells[^1]}");

    private static string Behind(IReadOnlyList<Measured> line)
    {
        var ours = line.FirstOrDefault(m => m.Trainer == Rivals.Ours);
        var best = line.Where(m => m.Trainer != Rivals.Ours).Select(m => m.Metric).DefaultIfEmpty(double.NaN).Max();
        return ours is null || double.IsNaN(best) ? "" : (best - ours.Metric) switch
        {
            <= 0 => "ahead of all",
            var behind => Number(behind),
        };
    }

    private static string Number(double metric) => metric.ToString("F3", CultureInfo.InvariantCulture);
}
