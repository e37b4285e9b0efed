using System.CommandLine;
using System.CommandLine.Parsing;
using CompareOptimizers.Progress;
using CompareOptimizers.Registry;
using CompareOptimizers.Report;
using CompareOptimizers.Training;
using static TorchSharp.torch;

namespace CompareOptimizers.Cli;

/// <summary>The comparison itself: what runs where no other command is named.</summary>
internal static class CompareCommand
{
    private const int FullBatch = 2000;

    public static RootCommand Create()
    {
        var options = new CommonOptions();
        var optimizers = new Option<string[]>("--optimizers") { Description = $"Which to compare, with commas between: {Contenders.Names} (default: all)", DefaultValueFactory = _ => [], CustomParser = Split };
        var epochs = Numeric.Positive("--epochs", "Passes over the training images with mini-batches", 3);
        var batchSize = Numeric.Positive("--batch-size", "Images in a mini-batch", 64);
        var fullBatchSteps = Numeric.Positive("--full-batch-steps", $"Steps of the optimizers that need full batches (of {FullBatch} images)", 100);
        var model = new Option<string>("--model") { Description = "The network", DefaultValueFactory = _ => Models.Names[0] }.AcceptOnlyFromAmong(Models.Names);

        var command = new RootCommand("Trains one model from the same weights and on the same batches with each optimizer and with its reference, and shows the difference.") { optimizers, epochs, batchSize, fullBatchSteps, model };
        options.AddTo(command);
        command.SetAction(arguments =>
        {
            var contenders = Contenders.Choose(arguments.GetRequiredValue(optimizers));
            var plan = new TrainingPlan(arguments.GetRequiredValue(model), arguments.GetValue(epochs), arguments.GetValue(batchSize), FullBatch, arguments.GetValue(fullBatchSteps), arguments.GetValue(options.Seed));
            return Run(contenders, plan, options, arguments);
        });
        return command;
    }

    private static int Run(Contender[] contenders, TrainingPlan plan, CommonOptions options, ParseResult arguments)
    {
        var output = OutputFolder.Open(arguments.GetRequiredValue(options.Output));
        using var interrupt = new Interrupt();
        using var scope = NewDisposeScope();
        options.SetThreads(arguments);
        var problem = Problem.Load(arguments.GetValue(options.Data));
        Console.WriteLine($"{problem.Name}: {problem.Train.Count:N0} images to train with, {problem.Test.Count:N0} to test with; {plan.Model}, {get_num_threads()} threads.");

        List<Duel> Train(IDuelObserver observer)
        {
            var runner = new DuelRunner(problem, plan, observer, interrupt.Token);
            return [.. contenders.TakeWhile(_ => !interrupt.Token.IsCancellationRequested).Select(runner.Run)];
        }
        var duels = Console.IsOutputRedirected ? Train(new PlainProgress(Console.Out)) : LiveProgress.Run(contenders, Train);

        ConsoleTable.Write(ResultTable.Of(duels));
        Console.WriteLine(ResultTable.Legend);
        output.Write("results.csv", ResultTable.Of(duels).ToCsv());
        output.Write("loss-over-steps.svg", OverviewPlots.LossOverSteps(duels).ToStandaloneSvg());
        Console.WriteLine($"Report: {output.Write("report.html", ComparisonReport.Html(duels, problem, plan, interrupt.Token.IsCancellationRequested))}");
        return interrupt.Token.IsCancellationRequested ? Interrupt.ExitCode : 0;
    }

    private static string[] Split(ArgumentResult argument)
    {
        var names = argument.Tokens[0].Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (names.Length == 0)
            argument.AddError("--optimizers names none");
        return names;
    }
}
