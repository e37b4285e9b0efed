namespace TorchOptimExt.RandomSearch;

/// <summary>The rewards of a step's directions, and the weights that follow from them.</summary>
internal sealed class RewardPairs
{
    private readonly (int direction, double plus, double minus)[] finite;
    private readonly int directions;

    /// <param name="plus">f(θ + νδ) of each direction.</param>
    /// <param name="minus">f(θ − νδ) of each direction.</param>
    /// <param name="maximize">Whether a larger f is better.</param>
    public RewardPairs(ReadOnlySpan<double> plus, ReadOnlySpan<double> minus, bool maximize)
    {
        var sign = maximize ? 1 : -1;
        var pairs = new List<(int, double, double)>();
        for (var k = 0; k < plus.Length; k++)
            if (double.IsFinite(plus[k]) && double.IsFinite(minus[k])) pairs.Add((k, sign * plus[k], sign * minus[k]));
        (finite, directions) = ([.. pairs], plus.Length);
    }

    public int Dropped => directions - finite.Length;

    private IEnumerable<double> Rewards => finite.SelectMany(pair => (double[])[pair.plus, pair.minus]);

    /// <summary>The weight of each of the best directions, (r⁺ − r⁻)/(b·σ), in the order of the directions; none where all weights are 0.</summary>
    public IReadOnlyList<(int direction, double weight)> Weights(int top, bool normalize, out double sigma)
    {
        var best = finite.OrderByDescending(pair => Math.Max(pair.plus, pair.minus)).Take(top).OrderBy(pair => pair.direction).ToArray();
        sigma = StandardDeviation(best.SelectMany(pair => (double[])[pair.plus, pair.minus]));
        if (sigma == 0) return [];
        var scale = best.Length * (normalize ? sigma : 1);
        return [.. best.Select(pair => (pair.direction, weight: (pair.plus / 2 - pair.minus / 2) / scale * 2)).Where(term => term.weight != 0)];     // halves, whose difference does not overflow
    }

    public ARSReport Report(long step, double sigma, double updateNorm, Exception? failure) =>
        new(step, 2 * directions, Dropped, Rewards.Average(), StandardDeviation(Rewards), Rewards.Min(), Rewards.Max(), sigma, updateNorm, failure);

    // Exactly 0 where all values are equal. By how far each lies above the least, in units of their range: squares do not overflow, and what all have in common costs no digits.
    private static double StandardDeviation(IEnumerable<double> values)
    {
        var least = values.Min();
        var range = values.Max() - least;
        if (range == 0) return 0;
        if (double.IsInfinity(range)) return 2 * StandardDeviation(values.Select(x => x / 2));
        var mean = values.Average(x => (x - least) / range);
        return range * Math.Sqrt(values.Average(x => Math.Pow((x - least) / range - mean, 2)));
    }
}
