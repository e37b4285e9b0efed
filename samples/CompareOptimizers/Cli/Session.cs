using System.CommandLine;
using CompareOptimizers.Data;
using CompareOptimizers.Report;
using CompareOptimizers.Training;
using Datasets;
using TorchSharp;
using static TorchSharp.torch;

namespace CompareOptimizers.Cli;

/// <summary>What every command runs in: a folder to write to, the threads, Ctrl-C, and a scope that ends all tensors.</summary>
internal sealed class Session : IDisposable
{
    private readonly ParseResult arguments;
    private readonly CommonOptions options;
    private readonly Interrupt interrupt;
    private readonly DisposeScope scope;

    /// <exception cref="UserException">The folder cannot be written to.</exception>
    public Session(ParseResult arguments, CommonOptions options)
    {
        (this.arguments, this.options) = (arguments, options);
        Output = OutputFolder.Open(arguments.GetRequiredValue(options.Output));
        set_num_threads(arguments.GetValue(options.Threads));
        interrupt = new();
        scope = NewDisposeScope();
    }

    public OutputFolder Output { get; }

    public CancellationToken Cancel => interrupt.Token;

    public bool Interrupted => Cancel.IsCancellationRequested;

    public int Seed => arguments.GetValue(options.Seed);

    /// <summary>Reads the table or the images that the arguments name, or else the images that are there or can be downloaded, and takes them to the device.</summary>
    /// <exception cref="DatasetException">Images that are named are missing, truncated or corrupt.</exception>
    /// <exception cref="UserException">The table or a column is missing or of no use, or there is no such device.</exception>
    /// <exception cref="OperationCanceledException">Ctrl-C ended a download.</exception>
    public Problem LoadProblem()
    {
        var device = Devices.Parse(arguments.GetRequiredValue(options.Device));
        var problem = (arguments.GetValue(options.Data) is { } data && File.Exists(data) ? LoadTable(data) : LoadImages()).To(device);
        Console.WriteLine($"{problem.Name}: {problem.Train.Count:N0} {problem.Unit} to train with, {problem.Test.Count:N0} to test with; {(get_num_threads() is 1 ? "1 thread" : $"{get_num_threads()} threads")}.");
        return problem;
    }

    private Problem LoadImages() => arguments.GetValue(options.Label) is null
        ? Problem.Of(ImageSet.Load(arguments.GetValue(options.Data), new FashionMnistSource(), Console.Out, Cancel))
        : throw new UserException($"--label is for tables, but --data {(arguments.GetValue(options.Data) is { } data ? $"'{data}' is no file" : "names none")}; name a file of comma, semicolon or tab separated values.");

    private Problem LoadTable(string path)
    {
        var table = TableFile.Open(path);
        var label = arguments.GetValue(options.Label)
            ?? throw new UserException($"--data is a table; name with --label the column that is to be learned: one of {string.Join(", ", table.Columns.Select(column => column.Name))}.");
        Column[] ignored = [.. (arguments.GetValue(options.Ignore) ?? []).Select(name => table.Find("--ignore", name))];
        return new TableProblem(table, table.Find("--label", label), ignored, Seed).Load();
    }

    /// <summary>Writes the report, says where it is, and gives the exit code.</summary>
    public int End(string name, HtmlPage page)
    {
        Console.WriteLine($"Report: {Output.Write(name, page.ToString())}");
        return Interrupted ? Interrupt.ExitCode : 0;
    }

    public void Dispose()
    {
        scope.Dispose();
        interrupt.Dispose();
    }
}
