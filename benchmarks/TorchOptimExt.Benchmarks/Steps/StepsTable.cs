using System.Globalization;
using Spectre.Console;

namespace TorchOptimExt.Benchmarks.Steps;

/// <summary>The results as a table on the terminal and as a CSV file.</summary>
internal static class StepsTable
{
    public static void Write(IEnumerable<StepResult> results)
    {
        var table = new Table { Border = TableBorder.Simple };
        foreach (var name in (string[])["optimizer", "case"]) table.AddColumn(new TableColumn(name) { NoWrap = true });
        foreach (var name in (string[])["threads", "ours ms", "TorchSharp ms", "ratio", "limit ms", "× limit", "PyTorch ms", "ratio"])
            table.AddColumn(new TableColumn(name) { Alignment = Justify.Right, NoWrap = true });
        foreach (var r in results)
            table.AddRow(r.Optimizer, r.Case, $"{r.Threads}", Number(r.Ours), Number(r.Reference), $"{r.Ratio:F2}", Number(r.Limit), $"{r.Ours / r.Limit:F2}",
                r.PyTorch is { } p ? Number(p) : "", r.PyTorchRatio is { } ratio ? $"{ratio:F2}" : "");
        if (Console.IsOutputRedirected) AnsiConsole.Profile.Width = 140;
        AnsiConsole.Write(table);
    }

    public static void Save(IEnumerable<StepResult> results, string file)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
        File.WriteAllLines(file, results.Select(Line).Prepend("optimizer,case,threads,ours_ms,reference_ms,ratio,limit_ms,pytorch_ms,pytorch_ratio"));
    }

    private static string Line(StepResult r) => string.Create(CultureInfo.InvariantCulture,
        $"{r.Optimizer},{r.Case},{r.Threads},{r.Ours:F5},{r.Reference:F5},{r.Ratio:F3},{r.Limit:F5},{r.PyTorch:F5},{r.PyTorchRatio:F3}");

    private static string Number(double milliseconds) => milliseconds.ToString(milliseconds < 10 ? "F3" : "F1", CultureInfo.InvariantCulture);
}
