using System.CommandLine;
using CartPole;
using TorchOptimExt;
using TorchOptimExt.RandomSearch;
using static TorchSharp.torch;

var seed = new Option<long>("--seed") { Description = "Seed of the search", DefaultValueFactory = _ => 0 };
var noisy = new Option<bool>("--noisy") { Description = "The harder task: encoder counts, a continuous force, gusts" };
var v1 = new Option<bool>("--v1") { Description = "Observations as they are (V1) instead of normalized ones (V2-t)" };
var size = new Option<double>("--size") { Description = "Multiplies steps and perturbations", DefaultValueFactory = _ => 1 };
var command = new RootCommand("Balances a pole on a cart with a linear policy found by random search.") { seed, noisy, v1, size };
command.SetAction(arguments =>
{
    var (harder, raw, scale) = (arguments.GetValue(noisy), arguments.GetValue(v1), arguments.GetValue(size));
    using var search = new PolicySearch(Linear, () => harder ? new NoisyCart() : new Cart(), new()
    {
        LearningRate = scale * (harder ? 1 : 0.1),
        DeltaStd = scale * (harder ? 4 : 0.1),
        Directions = harder ? 32 : 8,
        TopDirections = raw ? null : harder ? 8 : 4,
        Normalize = !raw,
        Seed = arguments.GetValue(seed),
        LongestEpisode = 500,
        EvaluateEvery = 1,
        EvaluationEpisodes = 100,
    });
    var solved = search.Run(100, new Lines(), target: 475)?.Evaluation >= 475;
    Console.WriteLine($"{(solved ? "Solved" : "Not solved")} after {search.Episodes} episodes.");
    return solved ? 0 : 1;
});
return command.Parse(args).Invoke();

static nn.Module<Tensor, Tensor> Linear()
{
    var policy = nn.Linear(4, 1, hasBias: false, dtype: ScalarType.Float64);
    nn.init.zeros_(policy.weight);
    return policy;
}

internal sealed class Lines : IProgress<PolicySearchReport>
{
    public void Report(PolicySearchReport r) => Console.WriteLine($"step {r.Search.Step + 1,3}: rewards {r.Search.Min,5:F1} to "
        + $"{r.Search.Max,5:F1}; the policy gets {r.Evaluation,5:F1}, at best {r.Best,5:F1}");
}
