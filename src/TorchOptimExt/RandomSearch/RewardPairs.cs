using static TorchSharp.torch;

namespace TorchOptimExt.RandomSearch;

/// <summary>The rewards of a step's directions, and the weights that follow from them.</summary>
internal sealed class RewardPairs
{
    // Rewards that differ by no more are equal but for the rounding of the objective, which says nothing about where to go.
    private const double MostUlps = 4;

    private readonly (int direction, double plus, double minus)[] finite;
    private readonly int directions;
    private readonly ScalarType dtype;

    /// <param name="dtype">What the objective was computed in, as far as is known.</param>
    /// <param name="plus">f(θ + νδ) of each direction.</param>
    /// <param name="minus">f(θ − νδ) of each direction.</param>
    /// <param name="maximize">Whether a larger f is better.</param>
    public RewardPairs(ReadOnlySpan<double> plus, ReadOnlySpan<double> minus, bool maximize, ScalarType dtype = ScalarType.Float64)
    {
        var sign = maximize ? 1 : -1;
        var pairs = new List<(int, double, double)>();
        for (var k = 0; k < plus.Length; k++)
            if (double.IsFinite(plus[k]) && double.IsFinite(minus[k])) pairs.Add((k, sign * plus[k], sign * minus[k]));
        (finite, directions, this.dtype) = ([.. pairs], plus.Length, dtype);
    }

    public int Dropped => directions - finite.Length;

    private IEnumerable<double> Rewards => finite.SelectMany(pair => (double[])[pair.plus, pair.minus]);

    /// <summary>The weight of each of the best directions, (r⁺ − r⁻)/(b·σ), in the order of the directions; none where all weights are
    /// 0.</summary>
    public IReadOnlyList<(int direction, double weight)> Weights(int top, bool normalize, out double sigma)
    {
        var best = finite.OrderByDescending(pair => Math.Max(pair.plus, pair.minus)).Take(top).OrderBy(pair => pair.direction).ToArray();
        var rewards = best.SelectMany(pair => (double[])[pair.plus, pair.minus]).ToArray();
        sigma = StandardDeviation(rewards);
        if (sigma <= MostUlps * Ulp(rewards.Max(Math.Abs)))
        {
            sigma = 0;
            return [];
        }
        var scale = best.Length * (normalize ? sigma : 1);
        return [.. best.Select(pair => (pair.direction, weight: Difference(pair) / scale * 2)).Where(term => term.weight != 0)];
    }

    // Of the halves, which does not overflow.
    private static double Difference((int, double plus, double minus) pair) => pair.plus / 2 - pair.minus / 2;

    // The distance of the numbers of this size in what the rewards were computed in. Numbers that float32 holds all without loss were
    // float32, or lose nothing by it.
    private double Ulp(double size)
    {
        var (bits, least) = dtype switch
        {
            ScalarType.Float16 => (10, -14),
            ScalarType.BFloat16 => (7, -126),
            _ when dtype == ScalarType.Float32 || Rewards.All(r => r == (float)r) => (23, -126),
            _ => (52, -1022),
        };
        return Math.ScaleB(1, Math.Max(Math.ILogB(size), least) - bits);
    }

    public ARSReport Report(long step, double sigma, double updateNorm, Exception? failure) =>
        new(step, 2 * directions, Dropped, Rewards.Average(), StandardDeviation(Rewards), Rewards.Min(), Rewards.Max(), sigma, updateNorm,
            failure);

    // Exactly 0 where all values are equal. By how far each lies above the least, in units of their range: squares do not overflow, and
    // what all have in common costs no digits.
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
