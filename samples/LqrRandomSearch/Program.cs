using System.CommandLine;
using LqrRandomSearch;

var trials = new Option<int>("--trials") { Description = "Trials of each method, with seeds one after another", DefaultValueFactory = _ => 60 };
var first = new Option<int>("--first-seed") { Description = "Seed of the first trial", DefaultValueFactory = _ => 0 };
var plot = new Option<string?>("--plot") { Description = "SVG file to draw into" };
trials.Validators.Add(result =>
{
    if (result.Tokens is [{ Value: var given }] && int.TryParse(given, out var number) && number < 1) result.AddError("--trials must be at least 1.");
});
plot.Validators.Add(result =>
{
    if (Path.GetDirectoryName(Path.GetFullPath(result.GetValueOrDefault<string>()!)) is { } folder && !Directory.Exists(folder)) result.AddError($"--plot: there is no folder {folder}.");
});

var command = new RootCommand("Learns to control a linear system from rollouts alone: random search beside policy gradient.") { trials, first, plot };
command.SetAction(arguments =>
{
    var seeds = Enumerable.Range(arguments.GetValue(first), arguments.GetValue(trials)).ToArray();
    var search = Summary.Of([.. seeds.Select(Trials.RandomSearch)]);
    var gradient = Summary.Of([.. seeds.Select(seed => Trials.PolicyGradient(seed, explore: 1, lr: 0.02))]);
    var optimum = LqrProblem.OptimalCost();

    Console.WriteLine($"The optimal policy costs {optimum:F8} a step. Trials of each method: {seeds.Length}.");
    Console.WriteLine();
    Console.WriteLine("           | random search                                  | policy gradient, Adam");
    Console.WriteLine("           | stable, %       | median cost    quartiles     | stable, %         median");
    Console.WriteLine("  rollouts | here  published | here  published              | here  published     here");
    foreach (var ((ours, published), (other, k)) in search.Zip(Summary.Published).Zip(gradient.Select((s, k) => (s, k))))
        Console.WriteLine($"  {ours.Rollouts,8} | {100 * ours.Stable,5:F1} {100 * published.Stable,9:F1} | {Cost(ours.Median)} {Cost(published.Median)} {Cost(ours.Lower)} - {Cost(ours.Upper)} | "
            + $"{100 * other.Stable,5:F1} {100 * Summary.PublishedPolicyGradient[k],9:F0} {Cost(other.Median)}");

    if (arguments.GetValue(plot) is { } file)
    {
        File.WriteAllText(file, Plot.Svg([("random search", "#0072b2", search), ("published", "#999999", Summary.Published), ("policy gradient with Adam", "#d55e00", gradient)], optimum));
        Console.WriteLine();
        Console.WriteLine($"Drawn into {file}.");
    }
    return 0;
});
return command.Parse(args).Invoke();

static string Cost(double cost) => double.IsFinite(cost) ? $"{cost,7:F1}" : "      ∞";
