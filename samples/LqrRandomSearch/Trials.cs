using TorchOptimExt;
using TorchOptimExt.RandomSearch;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace LqrRandomSearch;

/// <summary>The two ways to learn a policy from rollouts; each gives the exact cost of its policy after 80, 160, ... rollouts.</summary>
internal static class Trials
{
    public static readonly int[] Budgets = [80, 160, 240, 320, 400];

    private const int Directions = 4;
    private const int RolloutsOfAStep = 2 * Directions;

    /// <summary>Random search with the published settings.</summary>
    public static double[] RandomSearch(int seed)
    {
        using var policy = new Parameter(zeros(LqrProblem.States, LqrProblem.States, dtype: ScalarType.Float64));
        using var optimizer = optim.ARS([policy], lr: 0.0025, n_directions: Directions, delta_std: 0.02, seed: seed);
        return Costs(policy, () => optimizer.step(p =>
            LqrProblem.Rollout(Numbers(policy), seed, (int)p.Step * RolloutsOfAStep + 2 * p.Direction + (p.Sign < 0 ? 1 : 0))));
    }

    /// <summary>The policy gradient: u = Kx + v with v ~ N(0, ε²I), gradient Σ (cost − baseline)·Σₜ v xᵀ/ε², baseline the mean of the step before; steps by Adam.</summary>
    public static double[] PolicyGradient(int seed, double explore, double lr)
    {
        using var policy = new Parameter(zeros(LqrProblem.States, LqrProblem.States, dtype: ScalarType.Float64));
        using var optimizer = optim.Adam([policy], lr);
        var (rollouts, baseline) = (0, 0.0);
        return Costs(policy, () =>
        {
            using var scope = NewDisposeScope();
            var scored = Enumerable.Range(0, RolloutsOfAStep).Select(_ => Scored(Numbers(policy), seed, rollouts++, explore)).ToArray();
            policy.grad = tensor(Mean(scored, baseline)).view(LqrProblem.States, LqrProblem.States);
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

    // A rollout's cost and its score, the gradient of the log-probability of its controls.
    private static (double cost, double[] score) Scored(double[] policy, int seed, int rollout, double explore)
    {
        var (noise, t, score) = (new float[1000], 0, new double[policy.Length]);
        GaussianNoise.Fill(noise, ~seed, rollout, direction: 1);
        var cost = LqrProblem.Rollout(policy, seed, rollout, (x, u) =>
        {
            for (var i = 0; i < u.Length; i++)
            {
                double v = noise[t++];
                u[i] += explore * v;
                for (var j = 0; j < x.Length; j++) score[i * x.Length + j] += v * x[j] / explore;
            }
        });
        return (cost, score);
    }

    private static double[] Mean((double cost, double[] score)[] scored, double baseline) =>
        [.. Enumerable.Range(0, scored[0].score.Length).Select(k => scored.Average(s => (s.cost - baseline) * s.score[k]))];

    private static double[] Numbers(Parameter policy)
    {
        using var detached = policy.detach();
        return detached.data<double>().ToArray();
    }
}
