namespace TorchOptimExt.Schedules;

/// <summary>The course of a decay: rate(t) = origin + (α₀ − origin) · factor(t), never below the floor.</summary>
/// <param name="Name">The decay's name, by which a checkpoint tells decays apart.</param>
/// <param name="Factor">The factor at t ≥ 0: finite, not negative.</param>
/// <param name="Floor">The floor, finite and ≥ 0.</param>
/// <param name="FromFloor">Whether the origin is the floor, as in annealing; otherwise it is 0.</param>
internal record Curve(string Name, Func<int, double> Factor, double Floor, bool FromFloor = false)
{
    /// <summary>The same course after a linear rise over n steps, whose rates are 1/(n + 1), 2/(n + 1), … of where it begins.</summary>
    public Curve After(int steps) => steps == 0 ? this
        : this with { Factor = t => t < steps ? Factor(0) * ((t + 1.0) / (steps + 1.0)) : Factor(t - steps) };

    /// <summary>The course of group k, whose rate is <paramref name="rate"/> where the factor is 1.</summary>
    public GroupCourse From(double rate, int k) => new(rate, LimitOf(rate, k));

    /// <summary>The course of group k, which has a rate at t. Where the factor is 0, the rate counts as that of a factor of 1.</summary>
    public GroupCourse Through(double rate, int t, int k)
    {
        var limit = LimitOf(rate, k);
        var initial = Origin(limit) + (rate - Origin(limit)) / Factor(t);
        return new(double.IsFinite(initial) ? initial : rate, limit);
    }

    /// <summary>The rate of a group at t.</summary>
    public virtual double Rate(GroupCourse group, int t) => Math.Max(group.Limit, Affine(group, t));

    /// <summary>The floor of group k, which has a rate: no decay raises a rate.</summary>
    protected virtual double LimitOf(double rate, int k) => Math.Min(Floor, rate);

    protected double Affine(GroupCourse group, int t) =>
        Origin(group.Limit) + (group.Initial - Origin(group.Limit)) * Factor(t);

    private double Origin(double limit) => FromFloor ? limit : 0;
}
