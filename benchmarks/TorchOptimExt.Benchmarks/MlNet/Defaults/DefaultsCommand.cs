using System.CommandLine;
using Datasets;
using TorchOptimExt.Benchmarks.Cli;

namespace TorchOptimExt.Benchmarks.MlNet.Defaults;

/// <summary><c>mlnet defaults</c>: how good our trainers are with nothing but their defaults, beside ML.NET's with theirs.</summary>
internal static class DefaultsCommand
{
    public static Command Create()
    {
        var folder = new Option<string>("--data")
        {
            Description = "The folder of Fashion-MNIST, which is left out where it is missing",
            DefaultValueFactory = _ => FashionMnist.DebianFolder,
        };
        var tables = Options.Some("--tables", "Which data to train on", [.. Table.All.Select(table => table.Name)]);
        var trainers = Options.Some("--trainers", "Which to train", [.. Rivals.Names]);
        var folds = Options.Count("--folds", "Folds of the cross-validation", 5);
        var seed = Options.Count("--seed", "Draws the folds, and is the seed of the MLContext", 1);
        var normalize = new Option<bool>("--normalize") { Description = "Normalize the features (mean and variance) before every trainer" };
        var markdown = new Option<bool>("--markdown") { Description = "Write the table as the documentation has it" };
        var command = new Command("defaults", "Cross-validates our trainers beside ML.NET's on six tables, all with their defaults")
        {
            folder, tables, trainers, folds, seed, normalize, markdown,
        };
        command.SetAction(arguments =>
        {
            var validation = new CrossValidation(arguments.GetValue(folds), arguments.GetValue(seed), arguments.GetValue(normalize));
            var measured = Measure(validation, arguments.GetValue(folder)!, [.. Table.All.Where(t => arguments.Has(tables, t.Name))],
                [.. Rivals.Names.Where(name => arguments.Has(trainers, name))]);
            DefaultsTable.Write([.. measured], arguments.GetValue(markdown));
            Console.WriteLine($"Means over {arguments.GetValue(folds)} folds: R² on diabetes, accuracy on the others.");
        });
        return command;
    }

    private static IEnumerable<Measured> Measure(CrossValidation validation, string folder, Table[] tables, string[] trainers)
    {
        foreach (var table in tables)
        {
            if (Rows(table, folder) is not { } rows) continue;
            foreach (var trainer in trainers.Where(name => Rivals.Practical(table, rows, name)))
            {
                var measured = validation.Measure(table, rows, trainer);
                Console.Error.WriteLine($"{table.Name}, {trainer}: {measured.Metric:F4} in {measured.Seconds:F1} s");
                yield return measured;
            }
        }
    }

    private static IReadOnlyList<Example>? Rows(Table table, string folder)
    {
        try
        {
            return table.Load(folder);
        }
        catch (DatasetException e)
        {
            Console.Error.WriteLine($"{table.Name} is left out: {e.Message} (apt-get install dataset-fashion-mnist)");
            return null;
        }
    }
}
