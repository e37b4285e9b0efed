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
        var specifications = new Option<string[]>("--optimizer") { Description = "One to compare, with options: Adam:lr=1e-3,beta2=0.9; may be repeated", DefaultValueFactory = _ => [] };
        var epochs = Numeric.Positive("--epochs", "Passes over the training examples with mini-batches", 3);
        var batchSize = Numeric.Positive("--batch-size", "Examples in a mini-batch", 64);
        var fullBatchSteps = Numeric.Positive("--full-batch-steps", $"Steps of the optimizers that need full batches (of {FullBatch} examples)", 100);
        var model = new Option<string>("--model") { Description = "The network", DefaultValueFactory = _ => Models.Perceptron }.AcceptOnlyFromAmong(Models.Names);

        var command = new RootCommand("Trains one model from the same weights and on the same batches with each optimizer and with its reference, and shows the difference.") { optimizers, specifications, RateRange.Option, epochs, batchSize, fullBatchSteps, model };
        foreach (var option in (Option[])[.. common.All, common.Label, common.Ignore])
            command.Add(option);
        command.SetAction(arguments =>
        {
            var contenders = Choose(arguments.GetRequiredValue(optimizers), arguments.GetRequiredValue(specifications), arguments.GetValue(RateRange.Option));
            var plan = new TrainingPlan(arguments.GetRequiredValue(model), arguments.GetValue(epochs), arguments.GetValue(batchSize), FullBatch, arguments.GetValue(fullBatchSteps), arguments.GetValue(common.Seed));
            using var session = new Session(arguments, common);
            return Run(contenders, plan, arguments.GetValue(RateRange.Option), session);
        });
        return command;
    }

    private static Contender[] Choose(string[] names, string[] specifications, RateRange? rates)
    {
        Contender[] chosen = names.Length == 0 && specifications.Length > 0 ? [] : Contenders.Choose(names);
        return [.. chosen.Concat(specifications.Select(Specification.Parse)).DistinctBy(contender => contender.Name).Select(contender => rates is null ? contender : contender with { Lr = rates.From })];
    }

    private static int Run(Contender[] contenders, TrainingPlan plan, RateRange? rates, Session session)
    {
        var problem = session.LoadProblem();
        var sweeps = rates is null || rates.From == rates.To ? [] : Watched(observer => Sweeps(rates, observer));
        if (sweeps.Count > 0) contenders = [.. sweeps.Where(sweep => sweep.Trials.Count > 0).Select(sweep => sweep.Contender with { Lr = sweep.BestLr })];
        var duels = session.Interrupted ? [] : Watched(Duels);

        var table = ResultTable.Of(duels);
        ConsoleTable.Write(table);
        Console.WriteLine(ResultTable.Legend);
        session.Output.Write("results.csv", table.ToCsv());
        session.Output.Write("results.json", ResultFile.Of(problem, plan, duels, sweeps));
        return session.End("report.html", ComparisonReport.Page(duels, sweeps, problem, plan, session.Interrupted));

        List<T> Watched<T>(Func<IDuelObserver, List<T>> train) => Console.IsOutputRedirected ? train(new PlainProgress(Console.Out)) : LiveProgress.Run(contenders, train);

        List<Sweep> Sweeps(RateRange range, IDuelObserver observer) =>
            [.. contenders.TakeWhile(_ => !session.Interrupted).Select(contender => Sweep.Run(contender, Sweep.Rates(range.From, range.To), problem, plan, observer, session.Cancel))];

        List<Duel> Duels(IDuelObserver observer)
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
