using System.Globalization;

namespace TorchOptimExt.Benchmarks.Steps;

/// <summary>The results as a table of at most 80 columns on the terminal, and as a CSV file.</summary>
internal static class StepsTable
{
    public static void Write(IEnumerable<StepResult> results)
    {
        Console.WriteLine();
        Console.WriteLine(Row("optimizer", "case", "thr", "ours", "TorchSharp", "×", "PyTorch", "×", "÷ limit"));
        foreach (var r in results)
            Console.WriteLine(Row(r.Optimizer, r.Case, $"{r.Threads}", Number(r.Ours), Number(r.Reference), Ratio(r.Ratio), Number(r.PyTorch), Ratio(r.PyTorchRatio), Ratio(r.Ours / r.Limit)));
        Console.WriteLine();
        Console.WriteLine("Median milliseconds of a step on so many threads (thr); × is that by ours.");
    }

    public static void Save(IEnumerable<StepResult> results, string file) =>
        File.WriteAllLines(file, results.Select(Line).Prepend("optimizer,case,threads,ours_ms,reference_ms,ratio,limit_ms,pytorch_ms,pytorch_ratio"));

    private static string Line(StepResult r) => string.Create(CultureInfo.InvariantCulture,
        $"{r.Optimizer},{r.Case},{r.Threads},{r.Ours:F5},{r.Reference:F5},{r.Ratio:F3},{r.Limit:F5},{r.PyTorch:F5},{r.PyTorchRatio:F3}");

    private static string Row(string optimizer, string step, string threads, string ours, string torchSharp, string times, string pyTorch, string timesPyTorch, string limit) =>
        $"{optimizer,-12} {step,-16} {threads,3} {ours,6} {torchSharp,10} {times,5} {pyTorch,7} {timesPyTorch,5} {limit,7}";

    private static string Number(double? milliseconds) => milliseconds?.ToString(milliseconds < 10 ? "F3" : "F1", CultureInfo.InvariantCulture) ?? "–";

    private static string Ratio(double? ratio) => ratio?.ToString(ratio < 100 ? "F2" : "F0", CultureInfo.InvariantCulture) ?? "–";
}
