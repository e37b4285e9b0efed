using System.CommandLine;
using System.CommandLine.Parsing;
using CompareOptimizers.Progress;
using CompareOptimizers.Registry;
using CompareOptimizers.Report;
using CompareOptimizers.Training;

namespace CompareOptimizers.Cli;

/// <summary>The comparison itself: what runs where no other command is named.</summary>
internal static class CompareCommand
{
    private const int FullBatch = 2000;

    public static RootCommand Create()
    {
        var common = new CommonOptions();
        var optimizers = new Option<string[]>("--optimizers") { Description = $"Which to compare, with commas between: {Contenders.Names} (default: all)", DefaultValueFactory = _ => [], CustomParser = Split };
        var epochs = Numeric.Positive("--epochs", "Passes over the training images with mini-batches", 3);
        var batchSize = Numeric.Positive("--batch-size", "Images in a mini-batch", 64);
        var fullBatchSteps = Numeric.Positive("--full-batch-steps", $"Steps of the optimizers that need full batches (of {FullBatch} images)", 100);
        var model = new Option<string>("--model") { Description = "The network", DefaultValueFactory = _ => Models.Perceptron }.AcceptOnlyFromAmong(Models.Names);

        var command = new RootCommand("Trains one model from the same weights and on the same batches with each optimizer and with its reference, and shows the difference.") { optimizers, epochs, batchSize, fullBatchSteps, model };
        foreach (var option in common.All)
            command.Add(option);
        command.SetAction(arguments =>
        {
            var contenders = Contenders.Choose(arguments.GetRequiredValue(optimizers));
            var plan = new TrainingPlan(arguments.GetRequiredValue(model), arguments.GetValue(epochs), arguments.GetValue(batchSize), FullBatch, arguments.GetValue(fullBatchSteps), arguments.GetValue(common.Seed));
            using var session = new Session(arguments, common);
            return Run(contenders, plan, session);
        });
        return command;
    }

    private static int Run(Contender[] contenders, TrainingPlan plan, Session session)
    {
        var problem = session.LoadProblem();
        var duels = Console.IsOutputRedirected ? Train(new PlainProgress(Console.Out)) : LiveProgress.Run(contenders, Train);

        var table = ResultTable.Of(duels);
        ConsoleTable.Write(table);
        Console.WriteLine(ResultTable.Legend);
        session.Output.Write("results.csv", table.ToCsv());
        return session.End("report.html", ComparisonReport.Page(duels, problem, plan, session.Interrupted));

        List<Duel> Train(IDuelObserver observer)
        {
            var runner = new DuelRunner(problem, plan, observer, session.Cancel);
            return [.. contenders.TakeWhile(_ => !session.Interrupted).Select(runner.Run)];
        }
    }

    private static string[] Split(ArgumentResult argument)
    {
        var names = argument.Tokens[0].Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (names.Length == 0)
            argument.AddError("--optimizers names none");
        return names;
    }
}
