using System.CommandLine;
using TorchOptimExt.Benchmarks.Cli;

namespace TorchOptimExt.Benchmarks.Steps;

/// <summary><c>steps</c>: the time of one optimizer step beside TorchSharp's and PyTorch's.</summary>
internal static class StepsCommand
{
    public static Command Create()
    {
        var optimizers = Options.Some("--optimizers", "Which to time", [.. Contender.All.Select(c => c.Name)]);
        var cases = Options.Some("--cases", "The parameters of a step", [.. StepCase.All.Select(c => c.Name)]);
        var seconds = Options.Seconds("How long a block of alternating steps lasts; three blocks a row", 0.3);
        var output = new Option<string>("--output") { Description = "The CSV file", DefaultValueFactory = _ => Path.Combine(RepositoryRoot(), "artifacts", "bench", "steps.csv") };
        var detail = new Option<bool>("--detail") { Description = "Run BenchmarkDotNet on our steps instead: distribution and allocation" };

        var command = new Command("steps", "The time of one optimizer step, ours beside TorchSharp's and PyTorch's") { optimizers, cases, seconds, output, detail };
        command.SetAction(arguments =>
        {
            var contenders = Contender.All.Where(c => arguments.Has(optimizers, c.Name)).ToArray();
            var steps = StepCase.All.Where(c => arguments.Has(cases, c.Name)).ToArray();
            if (arguments.GetValue(detail)) StepBenchmarks.Run(contenders, steps, Path.Combine(RepositoryRoot(), "artifacts", "bench"));
            else Measure(contenders, steps, arguments.GetValue(seconds), arguments.GetValue(output)!);
        });
        return command;
    }

    private static void Measure(Contender[] contenders, StepCase[] steps, double seconds, string output)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(output))!);
        File.AppendAllText(output, ""); // says now, not at the end, that it cannot be written
        using var python = PyTorch.Start();
        var bandwidth = CopyBandwidth.Measure();
        var results = new List<StepResult>();
        foreach (var result in new StepsRun(bandwidth, seconds, python).Results(contenders, steps))
        {
            results.Add(result);
            Console.Error.WriteLine($"{result.Optimizer}, {result.Case}, {result.Threads} {(result.Threads == 1 ? "thread" : "threads")}: {result.Ours:F3} ms, {result.Ratio:F2} times as fast as TorchSharp");
        }
        StepsTable.Write(results);
        StepsTable.Save(results, output);
        Console.WriteLine($"Copies moved {bandwidth / 1e9:F1} GB/s; limit = bytes that a step must move ÷ that.");
        Console.WriteLine(python is null ? "No PyTorch beside: Debian's python3-torch is not installed." : $"PyTorch {python.Version} ran beside, with as many threads.");
        Console.WriteLine($"Written to {output}");
    }

    private static string RepositoryRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "TorchOptimExt.sln"))) return folder.FullName;
        return Environment.CurrentDirectory;
    }
}
