namespace TorchOptimExt.Schedules;

/// <summary>A course from the rate that a group has to one of its own, which may be higher: rate(t) = target + (α₀ − target) · factor(t).
/// A group that was added after the schedule was made keeps its rate, unless one target is for all.</summary>
/// <param name="Name">The name by which a checkpoint tells schedules apart.</param>
/// <param name="Factor">The factor at t ≥ 0, from 1 down to 0.</param>
/// <param name="Targets">One for all groups or one for each, finite and ≥ 0.</param>
internal sealed record TargetCurve(string Name, Func<int, double> Factor, double[] Targets) : Curve(Name, Factor, 0, FromFloor: true)
{
    public override double Rate(GroupCourse group, int t) => Affine(group, t);

    protected override double LimitOf(double rate, int k) => Targets.Length == 1 ? Targets[0] : k < Targets.Length ? Targets[k] : rate;
}
