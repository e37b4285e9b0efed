using MathNet.Numerics.Distributions;

namespace LqrRandomSearch;

/// <summary>Rollouts of a policy that explores, as the policy gradient needs them.</summary>
internal static class Exploration
{
    /// <summary>One rollout of u = Kx + v with v ~ N(0, ε²I).</summary>
    /// <param name="policy">K, row by row.</param>
    /// <param name="random">Draws the noise of the system and of the controls.</param>
    /// <param name="explore">ε; 0 scores nothing.</param>
    /// <returns>Its cost and its score, the gradient of the log-probability of its controls.</returns>
    public static (double cost, double[] score) Run(double[] policy, Random random, double explore)
    {
        const int N = LqrProblem.States;
        var (environment, score, cost) = (new LqrEnvironment(), new double[policy.Length], 0.0);
        var (x, u) = (new double[N], new double[N]);
        environment.Reset(random, x);
        for (var t = 0; t < LqrProblem.Horizon; t++)
        {
            for (var i = 0; i < N; i++)
            {
                var noise = explore == 0 ? 0 : Normal.Sample(random, 0, 1);
                u[i] = Enumerable.Range(0, N).Sum(j => policy[i * N + j] * x[j]) + explore * noise;
                for (var j = 0; j < N && explore > 0; j++) score[i * N + j] += noise * x[j] / explore;
            }
            cost -= environment.Step(u, x).reward;
        }
        return (cost, score);
    }
}
