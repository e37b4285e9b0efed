using System.CommandLine;
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

    /// <summary>Reads the images that the arguments name, or else those that are there or can be downloaded.</summary>
    /// <exception cref="DatasetException">Those that are named are missing, truncated or corrupt.</exception>
    /// <exception cref="OperationCanceledException">Ctrl-C ended a download.</exception>
    public Problem LoadProblem()
    {
        var problem = Problem.Of(ImageSet.Load(arguments.GetValue(options.Data), new FashionMnistSource(), Console.Out, Cancel));
        Console.WriteLine($"{problem.Name}: {problem.Train.Count:N0} images to train with, {problem.Test.Count:N0} to test with; {(get_num_threads() is 1 ? "1 thread" : $"{get_num_threads()} threads")}.");
        return problem;
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
