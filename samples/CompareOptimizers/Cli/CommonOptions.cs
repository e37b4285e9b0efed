using System.CommandLine;
using Datasets;

namespace CompareOptimizers.Cli;

/// <summary>The options that several commands have.</summary>
internal sealed class CommonOptions
{
    // The networks are so small that more hardly help, and wait for each other where the machine is busy.
    private const int DefaultThreads = 1;

    private const int MostThreads = 1024;

    public Option<string?> Data { get; } = new("--data") { Description = ImageSet.DataDescription };
    public Option<string?> Label { get; } = new("--label") { Description = "Column that is to be learned, where --data is a table" };
    public Option<string[]> Ignore { get; } = new("--ignore") { Description = "Columns of the table that are left out", DefaultValueFactory = _ => [], AllowMultipleArgumentsPerToken = true };
    public Option<string> Device { get; } = new("--device") { Description = "Where to train: cpu, cuda, cuda:1, mps", DefaultValueFactory = _ => "cpu" };
    public Option<string> Output { get; } = new("--output") { Description = "Folder for the report", DefaultValueFactory = _ => Path.Combine("artifacts", "compare") };
    public Option<int> Seed { get; } = Numeric.Within("--seed", "Of the initial weights and the order of the images", 1, 0, int.MaxValue);
    public Option<int> Threads { get; } = Numeric.Within("--threads", "Threads that torch uses", DefaultThreads, 1, MostThreads);

    /// <summary>All of them: for commands that train on images.</summary>
    public Option[] All => [Data, Device, Output, Seed, Threads];
}
