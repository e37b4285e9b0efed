using static TorchSharp.torch.optim;
using static TorchSharp.torch.optim.lr_scheduler;

namespace TorchOptimExt.Schedules;

/// <summary>
/// A schedule that scales the rate that each group has. A rate that is not the one it set last was set by hand or by another
/// schedule, and a group it has not seen was added: such a rate counts as that of the present t and is scaled from there.
/// </summary>
/// <remarks>
/// TorchSharp's SequentialLR sets its parts back by one when it takes them, and wants each part to begin with the group's
/// initial rate. That is how a part notices.
/// </remarks>
/// <param name="optimizer">The optimizer.</param>
/// <param name="curve">The course of the rates.</param>
/// <param name="last_epoch">The t before the first one.</param>
/// <param name="verbose">Whether changes are printed.</param>
/// <param name="clock">A clock of its own.</param>
internal sealed class Decay(Optimizer optimizer, Curve curve, int last_epoch, bool verbose, Clock clock)
    : impl.LambdaLR(optimizer, clock.Factor, last_epoch, verbose)
{
    private const int Columns = 4;

    // TorchSharp's constructor makes the first step, so these must be set before it: by initializers.
    private readonly Optimizer optimizer = optimizer;
    private readonly Curve curve = curve;
    private readonly Clock clock = clock;
    private readonly bool resumed = last_epoch >= 0;
    private readonly int initialCount = optimizer.ParamGroups.Count();
    private GroupCourse[]? courses;
    private double[] rates = [];
    private int position = last_epoch;

    /// <summary>The t of the rates that were set last.</summary>
    public int Position => position;

    /// <summary>The t that TorchSharp keeps: the position, or one less until a SequentialLR comes to this part.</summary>
    public int Epoch
    {
        get
        {
            foreach (var _ in base.get_lr()) break;
            return clock.Time;
        }
    }

    public override string ToString() => curve.Name;

    /// <summary>Goes to the next t, or to the given one, and sets the rates; where one would be infinite, nothing changes.</summary>
    public override void step(int? epoch)
    {
        if (epoch < 0) throw new ArgumentOutOfRangeException(nameof(epoch), epoch, $"epoch is {epoch}; it must not be negative.");
        var stood = Epoch;
        var t = epoch ?? (stood == int.MaxValue ? stood : Math.Max(stood + 1, 0));
        var groups = optimizer.ParamGroups.ToArray();
        var begins = courses is not null && stood != position;
        var scaled = groups.Select((group, k) => Course(group, k, begins)).Select((course, k) => Scaled(course, k, t)).ToArray();
        Move(t, groups, [.. scaled.Select(course => course.Set)]);
        (courses, position) = (scaled, t);
    }

    private GroupCourse Course(ILearningRateController group, int k, bool begins)
    {
        var rate = group.LearningRate;
        if (begins) return curve.From(group.InitialLearningRate, k);
        if (courses is null) return resumed && rate != group.InitialLearningRate ? curve.Through(rate, position, k) : curve.From(rate, k);
        return k < courses.Length && rate.Equals(courses[k].Set) ? courses[k] : curve.Through(rate, position, k);
    }

    private GroupCourse Scaled(GroupCourse course, int k, int t)
    {
        var rate = curve.Rate(course, t);
        if (double.IsFinite(rate) || !double.IsFinite(course.Initial)) return course with { Set = rate };
        throw new InvalidOperationException(FormattableString.Invariant(
            $"{curve.Name} would make the learning rate of group {k} infinite at t = {t} from {course.Initial}: set a lower one."));
    }

    // TorchSharp's step knows the groups that were there when the schedule was made.
    private void Move(int t, ILearningRateController[] groups, double[] next)
    {
        rates = next;
        base.step(t);
        var last = (IList<double>)get_last_lr();
        for (var k = 0; k < groups.Length; k++)
        {
            groups[k].LearningRate = next[k];
            if (k < last.Count) last[k] = next[k];
            else last.Add(next[k]);
        }
    }

    protected override IEnumerable<double> get_lr() => rates;

    /// <summary>What a checkpoint holds of each group: α₀, the floor, the rate that was set last, and what <c>get_last_lr</c>
    /// gives.</summary>
    public double[] Rows =>
        [.. courses!.Zip(get_last_lr(), (course, last) => (double[])[course.Initial, course.Limit, course.Set, last])
            .SelectMany(row => row)];

    /// <summary>Whether rows can be those of this optimizer's groups, the last of which may have been added since a step.</summary>
    public bool Takes(double[] rows)
    {
        var count = rows.Length / Columns;
        return rows.Length % Columns == 0 && !rows.Any(double.IsNaN) && count >= initialCount && count <= optimizer.ParamGroups.Count();
    }

    /// <summary>Takes over a saved position; the groups keep the rates that they have.</summary>
    public void Restore(int t, int epoch, double[] rows)
    {
        var groups = optimizer.ParamGroups.Take(rows.Length / Columns).ToArray();
        Move(epoch, groups, [.. groups.Select(group => group.LearningRate)]);
        (position, courses) = (t, [.. rows.Chunk(Columns).Select(row => new GroupCourse(row[0], row[1], row[2]))]);
        var last = (IList<double>)get_last_lr();
        while (last.Count > groups.Length) last.RemoveAt(last.Count - 1);
        for (var k = 0; k < groups.Length; k++) last[k] = rows[k * Columns + 3];
    }
}
