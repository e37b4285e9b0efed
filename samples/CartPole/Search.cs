using TorchOptimExt;
using TorchOptimExt.RandomSearch;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace CartPole;

/// <summary>ARS V2 for a linear policy: observations are normalized, episodes run on several threads at once.</summary>
internal sealed class Search : IDisposable
{
    private const int Directions = 8;

    private readonly int seed;
    private readonly Parameter policy = Zeros();
    private readonly Parameter[] replicas;
    private readonly ObservationNormalizer normalizer = new(Episode.Features);
    private readonly ARS optimizer;
    private readonly IPerturbationEvaluator[] evaluators;

    // What each evaluation of a step visited, merged in this order after the step whichever thread it ran on.
    private readonly List<double>[] visited = new List<double>[2 * Directions];

    public Search(int seed, int threads)
    {
        this.seed = seed;
        optimizer = optim.ARS([policy], lr: 0.1, n_directions: Directions, top_directions: 4, delta_std: 0.1, seed: seed, maximize: true);
        replicas = [.. Enumerable.Range(0, threads).Select(_ => Zeros())];
        evaluators = [.. replicas.Select(replica => new PerturbedReplica(optimizer, [replica], p => Evaluate(replica, p)))];
        ReadNormalizer();
    }

    /// <summary>The policy's weights.</summary>
    public double[] Weights => Numbers(policy);

    private double[] mean = [], deviation = [];

    /// <summary>One step of 16 episodes.</summary>
    public ARSReport Step()
    {
        var report = optimizer.step(evaluators);
        using var scope = NewDisposeScope();
        foreach (var states in visited) normalizer.observe(tensor(states.ToArray()).view(-1, Episode.Features));
        ReadNormalizer();
        return report;
    }

    /// <summary>The mean length of episodes from new starts.</summary>
    public double Score(int episodes) =>
        Enumerable.Range(0, episodes).Average(k => Episode.Run(Weights, mean, deviation, new Random(-1 - k)));

    public void Dispose()
    {
        optimizer.Dispose();
        normalizer.Dispose();
        policy.Dispose();
        foreach (var replica in replicas) replica.Dispose();
    }

    // Both ends of a direction start from the same state.
    private double Evaluate(Parameter replica, Perturbation p)
    {
        var random = new Random(HashCodeOf(seed, p));
        var states = visited[2 * p.Direction + (p.Sign < 0 ? 1 : 0)] = [];
        return Episode.Run(Numbers(replica), mean, deviation, random, states);
    }

    private static int HashCodeOf(int seed, Perturbation p) => unchecked((int)((seed * 1_000_003 + p.Step) * Directions + p.Direction));

    private void ReadNormalizer()
    {
        using var scope = NewDisposeScope();
        (mean, deviation) = (normalizer.Mean().data<double>().ToArray(), normalizer.StandardDeviation().data<double>().ToArray());
    }

    private static double[] Numbers(Parameter parameter)
    {
        using var detached = parameter.detach();
        return detached.data<double>().ToArray();
    }

    private static Parameter Zeros() => new(zeros(Episode.Features, dtype: ScalarType.Float64));
}
