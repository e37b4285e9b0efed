namespace CartPole;

/// <summary>One attempt of a linear policy to keep the pole up.</summary>
internal static class Episode
{
    public const int Features = 4;
    public const int LongestEpisode = 500;

    /// <summary>How many steps the pole stayed up, at most <see cref="LongestEpisode"/>.</summary>
    /// <param name="weights">The policy: push right where weights · normalized state is positive.</param>
    /// <param name="mean">Of the normalization.</param>
    /// <param name="deviation">Of the normalization.</param>
    /// <param name="random">Decides the start.</param>
    /// <param name="visited">Takes the states, one after the other.</param>
    public static int Run(double[] weights, double[] mean, double[] deviation, Random random, List<double>? visited = null)
    {
        double Start() => 0.1 * random.NextDouble() - 0.05;
        var cart = new Cart(Start(), Start(), Start(), Start());
        for (var step = 0; step < LongestEpisode; step++)
        {
            var state = cart.State;
            visited?.AddRange(state);
            cart.Push(right: Enumerable.Range(0, Features).Sum(i => weights[i] * (state[i] - mean[i]) / deviation[i]) > 0);
            if (cart.Failed) return step + 1;
        }
        return LongestEpisode;
    }
}
