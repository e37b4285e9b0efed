using System.CommandLine;
using TorchOptimExt.Benchmarks.Cli;

namespace TorchOptimExt.Benchmarks.Steps;

/// <summary><c>steps</c>: the time of one optimizer step beside TorchSharp's and that of ATen's fused kernels.</summary>
internal static class StepsCommand
{
    public static Command Create()
    {
        var optimizers = Options.Some("--optimizers", "Which to time", [.. Contender.All.Select(c => c.Name)]);
        var cases = Options.Some("--cases", "The parameters of a step", [.. StepCase.All.Select(c => c.Name)]);
        var seconds = Options.Seconds("How long the rivals of a row take turns", 0.6);
        var output = new Option<string>("--output") { Description = "The CSV file", DefaultValueFactory = _ => Path.Combine(RepositoryRoot(), "artifacts", "bench", "steps.csv") };
        var markdown = new Option<bool>("--markdown") { Description = "Write the tables as the documentation has them" };
        var detail = new Option<bool>("--detail") { Description = "Run BenchmarkDotNet on our steps instead: distribution and allocation" };

        var command = new Command("steps", "The time of one optimizer step, ours beside TorchSharp's and ATen's fused kernels") { optimizers, cases, seconds, output, markdown, detail };
        command.SetAction(arguments =>
        {
            var contenders = Contender.All.Where(c => arguments.Has(optimizers, c.Name)).ToArray();
            var steps = StepCase.All.Where(c => arguments.Has(cases, c.Name)).ToArray();
            if (arguments.GetValue(detail)) StepBenchmarks.Run(contenders, steps, Path.Combine(RepositoryRoot(), "artifacts", "bench"));
            else Measure(contenders, steps, arguments.GetValue(seconds), arguments.GetValue(output)!, arguments.GetValue(markdown));
        });
        return command;
    }

    private static void Measure(Contender[] contenders, StepCase[] steps, double seconds, string output, bool markdown)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(output))!);
        File.AppendAllText(output, ""); // says now, not at the end, that it cannot be written
        var bandwidth = CopyBandwidth.Measure();
        var results = new List<StepResult>();
        foreach (var result in new StepsRun(bandwidth, seconds).Results(contenders, steps))
        {
            results.Add(result);
            Console.Error.WriteLine($"{result.Optimizer}, {result.Case}, {result.Threads} {(result.Threads == 1 ? "thread" : "threads")}: {result.Ours:F3} ms, {result.Ratio:F2} times as fast as TorchSharp");
        }
        if (markdown) StepsTable.WriteMarkdown(results);
        else StepsTable.Write(results);
        StepsTable.Save(results, output);
        Console.WriteLine($"Copies moved {bandwidth / 1e9:F1} GB/s; limit = bytes that a step must move ÷ that.");
        Console.WriteLine($"Written to {output}");
    }

    private static string RepositoryRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "TorchOptimExt.sln"))) return folder.FullName;
        return Environment.CurrentDirectory;
    }
}
