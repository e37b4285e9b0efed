namespace LqrRandomSearch;

/// <summary>What a table shows of the trials after some number of rollouts.</summary>
/// <param name="Rollouts">How many rollouts each trial had made.</param>
/// <param name="Stable">The fraction of stable policies.</param>
/// <param name="Lower">The lower quartile of the cost; infinite where that policy is unstable.</param>
/// <param name="Median">The median of the cost.</param>
/// <param name="Upper">The upper quartile.</param>
internal sealed record Summary(int Rollouts, double Stable, double Lower, double Median, double Upper)
{
    /// <summary>Six thousand trials with these settings; median and quartiles of 60.</summary>
    public static readonly Summary[] Published =
    [
        new(80, 0.13, double.NaN, double.PositiveInfinity, double.NaN), new(160, 0.957, 191, 234, 311), new(240, 1, 149, 154, 165),
        new(320, 1, 144, 146.5, 151), new(400, 1, 144, 147.2, 149),
    ];

    /// <summary>The fractions of stable policies that policy gradient with Adam reaches in the published figure.</summary>
    public static readonly double[] PublishedPolicyGradient = [0.30, 0.40, 0.70, 0.70, 0.70];

    /// <param name="trials">For each trial the cost after each of <see cref="Trials.Budgets"/>.</param>
    public static Summary[] Of(double[][] trials) => [.. Trials.Budgets.Select((rollouts, k) =>
    {
        var costs = trials.Select(trial => trial[k]).Order().ToArray();
        return new Summary(rollouts, costs.Count(double.IsFinite) / (double)costs.Length, Quantile(costs, 0.25), Quantile(costs, 0.5), Quantile(costs, 0.75));
    })];

    // Between the two nearest of the ordered values; ∞ as soon as one of them is.
    private static double Quantile(double[] ordered, double q)
    {
        var place = q * (ordered.Length - 1);
        var (below, above) = (ordered[(int)Math.Floor(place)], ordered[(int)Math.Ceiling(place)]);
        return below == above ? below : below + (place - Math.Floor(place)) * (above - below);
    }
}
