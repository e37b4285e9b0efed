using System.CommandLine;
using System.Diagnostics;
using CartPole;

const double Solved = 475;

var seed = new Option<int>("--seed") { Description = "Seed of the search", DefaultValueFactory = _ => 0 };
var threads = new Option<int>("--threads") { Description = "Episodes that run at once", DefaultValueFactory = _ => Environment.ProcessorCount };
threads.Validators.Add(result =>
{
    if (result.Tokens is [{ Value: var given }] && int.TryParse(given, out var number) && number < 1) result.AddError("--threads must be at least 1.");
});
var command = new RootCommand("Balances a pole on a cart with a linear policy found by random search.") { seed, threads };
command.SetAction(arguments =>
{
    using var search = new Search(arguments.GetValue(seed), arguments.GetValue(threads));
    var clock = Stopwatch.StartNew();
    for (var step = 1; step <= 200; step++)
    {
        var report = search.Step();
        var score = search.Score(100);
        Console.WriteLine($"step {step,3}: rewards {report.Min,3:F0} to {report.Max,3:F0}; 100 new episodes last {score,5:F1} steps");
        if (score < Solved) continue;
        Console.WriteLine($"Solved after {step * report.Evaluations} episodes and {clock.Elapsed.TotalSeconds:F1} s.");
        return 0;
    }
    Console.Error.WriteLine("Not solved in 200 steps.");
    return 1;
});
return command.Parse(args).Invoke();
