using TorchOptimExt;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace LqrRandomSearch;

/// <summary>The two ways to learn a policy from rollouts; each gives the exact cost of its policy after 80, 160, ... rollouts.</summary>
internal static class Trials
{
    public static readonly int[] Budgets = [80, 160, 240, 320, 400];

    private const int Directions = 4;
    private const int RolloutsOfAStep = 2 * Directions;

    /// <summary>Random search with the published settings: V1, each rollout with noise of its own.</summary>
    public static double[] RandomSearch(int seed)
    {
        using var search = new PolicySearch(Linear, () => new LqrEnvironment(), new()
        {
            LearningRate = 0.0025,
            Directions = Directions,
            DeltaStd = 0.02,
            Seed = seed,
            Normalize = false,
            CommonRandomNumbers = false,
            LongestEpisode = LqrProblem.Horizon,
            EvaluateEvery = 0,
            Threads = 1,
        });
        return Costs(search.Policy.parameters().Single(), () => search.step());
    }

    /// <summary>The policy gradient: u = Kx + v with v ~ N(0, ε²I), gradient Σ (cost − baseline)·Σₜ v xᵀ/ε², baseline the mean of the step
    /// before; steps by Adam.</summary>
    public static double[] PolicyGradient(int seed, double explore, double lr)
    {
        using var policy = Linear();
        var weight = policy.parameters().Single();
        using var optimizer = optim.Adam([weight], lr);
        var (random, baseline) = (new Random(seed), 0.0);
        return Costs(weight, () =>
        {
            using var scope = NewDisposeScope();
            var scored = Enumerable.Range(0, RolloutsOfAStep).Select(_ => Exploration.Run(Numbers(weight), random, explore)).ToArray();
            weight.grad = tensor(Mean(scored, baseline)).view(LqrProblem.States, LqrProblem.States);
            baseline = scored.Average(s => s.cost);
            optimizer.step();
        });
    }

    private static double[] Costs(Parameter policy, Action step)
    {
        var costs = new List<double>();
        for (var rollouts = RolloutsOfAStep; rollouts <= Budgets[^1]; rollouts += RolloutsOfAStep)
        {
            step();
            if (Budgets.Contains(rollouts)) costs.Add(LqrProblem.ExactCost(Numbers(policy)));
        }
        return [.. costs];
    }

    private static double[] Mean((double cost, double[] score)[] scored, double baseline) =>
        [.. Enumerable.Range(0, scored[0].score.Length).Select(k => scored.Average(s => (s.cost - baseline) * s.score[k]))];

    private static double[] Numbers(Tensor policy)
    {
        using var detached = policy.detach();
        return detached.data<double>().ToArray();
    }

    private static Linear Linear()
    {
        var policy = nn.Linear(LqrProblem.States, LqrProblem.States, hasBias: false, dtype: ScalarType.Float64);
        nn.init.zeros_(policy.weight);
        return policy;
    }
}
