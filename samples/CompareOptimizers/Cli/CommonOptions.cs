using System.CommandLine;
using CompareOptimizers.Training;
using static TorchSharp.torch;

namespace CompareOptimizers.Cli;

/// <summary>The options that all commands have.</summary>
internal sealed class CommonOptions
{
    private const int MostThreads = 1024;

    public Option<string?> Data { get; } = new("--data") { Description = $"Folder with the IDX files of Fashion-MNIST, or '{Problem.DigitsName}': the handwritten digits that ship with the repository (default: Debian's Fashion-MNIST where it is installed)" };
    public Option<string> Output { get; } = new("--output") { Description = "Folder for the report", DefaultValueFactory = _ => Path.Combine("artifacts", "compare") };
    public Option<int> Seed { get; } = Numeric.Within("--seed", "Of the initial weights and the order of the images", 1, 0, int.MaxValue);
    public Option<int> Threads { get; } = Numeric.Within("--threads", "Threads that torch uses", Environment.ProcessorCount, 1, MostThreads);

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { Data, Output, Seed, Threads })
            command.Add(option);
    }

    public void SetThreads(ParseResult arguments) => set_num_threads(arguments.GetValue(Threads));
}
