using System.CommandLine;
using Spectre.Console;

namespace TorchOptimExt.Benchmarks.Steps;

/// <summary><c>steps</c>: the time of one optimizer step beside TorchSharp's and PyTorch's.</summary>
internal static class StepsCommand
{
    public static Command Create()
    {
        var optimizers = Some("--optimizers", Contender.All.Select(c => c.Name));
        var cases = Some("--cases", StepCase.All.Select(c => c.Name));
        var seconds = new Option<double>("--seconds") { Description = "How long a block of alternating steps lasts; three blocks a row", DefaultValueFactory = _ => 0.3 };
        var output = new Option<string>("--output") { Description = "The CSV file", DefaultValueFactory = _ => Path.Combine(RepositoryRoot(), "artifacts", "bench", "steps.csv") };
        var detail = new Option<bool>("--detail") { Description = "Run BenchmarkDotNet on our steps instead: distribution and allocation" };

        var command = new Command("steps", "The time of one optimizer step, ours beside TorchSharp's and PyTorch's") { optimizers, cases, seconds, output, detail };
        command.SetAction(arguments =>
        {
            var contenders = Contender.All.Where(c => arguments.GetValue(optimizers)!.Contains(c.Name)).ToArray();
            var steps = StepCase.All.Where(c => arguments.GetValue(cases)!.Contains(c.Name)).ToArray();
            if (arguments.GetValue(detail)) StepBenchmarks.Run(contenders, steps);
            else Measure(contenders, steps, arguments.GetValue(seconds), arguments.GetValue(output)!);
        });
        return command;
    }

    private static void Measure(Contender[] contenders, StepCase[] steps, double seconds, string output)
    {
        using var python = PyTorch.Start();
        var bandwidth = CopyBandwidth.Measure();
        var results = new List<StepResult>();
        foreach (var result in new StepsRun(bandwidth, seconds, python).Results(contenders, steps))
        {
            results.Add(result);
            Console.Error.WriteLine($"{result.Optimizer} {result.Case} {result.Threads}: {result.Ours:F3} ms, {result.Ratio:F2} times as fast as TorchSharp");
        }
        StepsTable.Write(results);
        StepsTable.Save(results, output);
        AnsiConsole.WriteLine($"Copies moved {bandwidth / 1e9:F1} GB/s; limit = bytes that a step must move ÷ that.");
        AnsiConsole.WriteLine(python is null ? "No PyTorch beside: Debian's python3-torch is not installed." : $"PyTorch {python.Version} ran beside, with as many threads.");
        AnsiConsole.WriteLine($"Written to {output}");
    }

    private static Option<string[]> Some(string name, IEnumerable<string> values)
    {
        string[] all = [.. values];
        var option = new Option<string[]>(name) { Description = $"Some of {string.Join(", ", all)} (default: all)", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => all };
        option.AcceptOnlyFromAmong(all);
        return option;
    }

    private static string RepositoryRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "TorchOptimExt.sln"))) return folder.FullName;
        return Environment.CurrentDirectory;
    }
}
