using System.Globalization;

namespace TorchOptimExt.Benchmarks.Steps;

/// <summary>The results as a table of at most 80 columns on the terminal, as Markdown, and as a CSV file.</summary>
internal static class StepsTable
{
    public static void Write(IEnumerable<StepResult> results)
    {
        Console.WriteLine();
        Console.WriteLine(Row("optimizer", "case", "thr", "ours", "TorchSharp", "×", "ATen", "×", "÷ limit"));
        foreach (var r in results)
            Console.WriteLine(Row(r.Optimizer, r.Case, $"{r.Threads}", Number(r.Ours), Number(r.TorchSharp), Ratio(r.Ratio), Number(r.Aten), Ratio(r.AtenRatio), Ratio(r.OfLimit)));
        Console.WriteLine();
        Console.WriteLine("Median milliseconds of a step on so many threads (thr); × is that by ours.");
    }

    /// <summary>A table for each case and number of threads, as the documentation has them.</summary>
    public static void WriteMarkdown(IEnumerable<StepResult> results)
    {
        foreach (var table in results.GroupBy(r => (r.Case, r.Threads)))
        {
            Console.WriteLine();
            Console.WriteLine($"### {table.Key.Case}, {(table.Key.Threads == 1 ? "1 thread" : $"{table.Key.Threads} threads")}");
            Console.WriteLine();
            Console.WriteLine("| optimizer | ours | TorchSharp | × TorchSharp | ATen | × ATen | ÷ limit |");
            Console.WriteLine("|---|---:|---:|---:|---:|---:|---:|");
            foreach (var r in table)
                Console.WriteLine($"| {r.Optimizer} | {Number(r.Ours)} | {Number(r.TorchSharp)} | {Ratio(r.Ratio)} | {Number(r.Aten)} | {Ratio(r.AtenRatio)} | {Ratio(r.OfLimit)} |");
        }
        Console.WriteLine();
    }

    public static void Save(IEnumerable<StepResult> results, string file) =>
        File.WriteAllLines(file, results.Select(Line).Prepend("case,threads,optimizer,ours_ms,torchsharp_ms,aten_ms,limit_ms"));

    private static string Line(StepResult r) =>
        string.Create(CultureInfo.InvariantCulture, $"{r.Case},{r.Threads},{r.Optimizer},{r.Ours:F5},{r.TorchSharp:F5},{r.Aten:F5},{r.Limit:F5}");

    private static string Row(string optimizer, string step, string threads, string ours, string torchSharp, string times, string aten, string timesAten, string limit) =>
        $"{optimizer,-12} {step,-16} {threads,3} {ours,6} {torchSharp,10} {times,5} {aten,7} {timesAten,5} {limit,7}";

    private static string Number(double? milliseconds) => milliseconds?.ToString(milliseconds < 10 ? "F3" : "F1", CultureInfo.InvariantCulture) ?? "–";

    private static string Ratio(double? ratio) => ratio?.ToString(ratio < 100 ? "F2" : "F0", CultureInfo.InvariantCulture) ?? "–";
}
