using LqrRandomSearch;
using MathNet.Numerics.LinearAlgebra;

namespace Samples.Tests;

public class LqrTests
{
    // 137.28716597811: 3,000 rounds of value iteration in PyTorch on the same matrices.
    [Fact]
    public void Optimum_is_that_of_the_riccati_equation() => Assert.Equal(137.28716597811, LqrProblem.OptimalCost(), 1e-9);

    [Fact]
    public void Cost_of_a_policy_is_exact_and_infinite_where_it_is_unstable()
    {
        Assert.Equal(double.PositiveInfinity, LqrProblem.ExactCost(new double[9]));
        // u = −Ax leaves x' = w: each step costs |w|² = 3 and 1000·|Aw|² with |A|² = 3·1.01² + 4·0.01².
        double[] stopAtOnce = [-1.01, -0.01, 0, -0.01, -1.01, -0.01, 0, -0.01, -1.01];
        Assert.Equal(3 + 1000 * (3 * 1.01 * 1.01 + 4 * 0.01 * 0.01), LqrProblem.ExactCost(stopAtOnce), 1e-9);
    }

    // With K = −0.1·I the second moments of the state follow S' = MSM + I, M = A + K, and are known at each time.
    [Fact]
    public void Rollouts_cost_on_average_what_the_moments_of_the_state_say()
    {
        var m = Matrix<double>.Build.DenseOfArray(new[,] { { 0.91, 0.01, 0 }, { 0.01, 0.91, 0.01 }, { 0, 0.01, 0.91 } });
        var start = Vector<double>.Build.Dense([-0.70318731, -0.49028236, -0.32181433]);
        var (moments, expected) = (start.OuterProduct(start), 0.0);
        for (var t = 0; t < 100; t++)
        {
            expected += 1000 * 0.1 * 0.1 * moments.Trace();
            moments = m * moments * m + Matrix<double>.Build.DenseIdentity(3);
            expected += moments.Trace();
        }
        double[] policy = [-0.1, 0, 0, 0, -0.1, 0, 0, 0, -0.1];
        var costs = Enumerable.Range(0, 2000).Select(k => Exploration.Run(policy, new Random(k), explore: 0).cost).ToArray();
        var error = Math.Sqrt(costs.Average(c => Math.Pow(c - expected, 2)) / costs.Length);
        Assert.InRange(costs.Average(), expected - 4 * error, expected + 4 * error);
    }

    // 6,000 trials with the same settings gave 95.7 % and then 100 %, and these quartiles.
    [Theory]
    [InlineData(0)]
    [InlineData(5000)]
    public void Random_search_reproduces_the_published_experiment(int firstSeed)
    {
        var summaries = Summary.Of([.. Enumerable.Range(firstSeed, 60).AsParallel().AsOrdered().Select(Trials.RandomSearch)]);
        Assert.True(summaries[1].Stable >= 0.85, $"{summaries[1]}");
        foreach (var (ours, published) in summaries.Zip(Summary.Published).Skip(2))
        {
            Assert.True(ours.Stable >= 0.98, $"{ours}");
            Assert.InRange(ours.Median, published.Lower, published.Upper);
        }
    }
}
