using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.optim.lr_scheduler;

namespace TorchOptimExt.Tests.Schedules;

/// <summary>Rates that others change: by hand, by another schedule, by a group that is added.</summary>
public class ChangedRateTests
{
    private static readonly Dictionary<string, (Func<optim.Optimizer, LRScheduler> Make, Func<int, double> Factor)> Decays = new()
    {
        ["inverse time"] = (o => optim.lr_scheduler.InverseTimeDecay(o, 0.5), t => 1 / (1 + 0.5 * t)),
        ["exponential"] = (o => optim.lr_scheduler.ExponentialDecay(o, 0.9), t => Math.Pow(0.9, t)),
        ["inverse square root"] = (o => optim.lr_scheduler.InverseSquareRootDecay(o), t => 1 / Math.Sqrt(Math.Max(1, t))),
        ["staircase"] = (o => optim.lr_scheduler.StaircaseDecay(o, 2, 0.5), t => Math.Pow(0.5, t / 2)),
        ["table"] = (o => optim.lr_scheduler.TableDecay(o, [(1, 0.5), (3, 4), (5, 0.1)]), t => t < 1 ? 1 : t < 3 ? 0.5 : t < 5 ? 4 : 0.1),
        ["warm restarts"] = (o => optim.lr_scheduler.CosineAnnealingWarmRestarts(o, 5), t => Math.Pow(Math.Cos(Math.PI * (t % 5) / 10), 2)),
        ["warm-up"] = (o => optim.lr_scheduler.ExponentialDecay(o, 0.9, warmup_steps: 3), t => t < 3 ? (t + 1) / 4.0 : Math.Pow(0.9, t - 3)),
    };

    public static TheoryData<string> Names => [.. Decays.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_rate_set_by_hand_at_any_time_is_scaled_from_there(string name)
    {
        var (make, factor) = Decays[name];
        for (var when = 0; when < 7; when++)
        {
            using var optimizer = Optimizer(0.1);
            var schedule = make(optimizer);
            for (var t = 1; t <= when; t++) schedule.step();
            Group(optimizer).LearningRate = 0.001;
            for (var t = when + 1; t < 12; t++)
            {
                schedule.step();
                Near(0.001 * factor(t) / factor(when), Group(optimizer).LearningRate);
            }
        }
    }

    [Fact]
    public void A_rate_set_by_hand_before_the_schedule_is_made_is_where_it_begins()
    {
        using var optimizer = Optimizer(0.1);
        Group(optimizer).LearningRate = 0.001;
        var schedule = optim.lr_scheduler.ExponentialDecay(optimizer, 0.9);
        schedule.step();
        Near(0.0009, Group(optimizer).LearningRate);
        schedule.step(3);
        Near(0.001 * 0.9 * 0.9 * 0.9, Group(optimizer).LearningRate);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_group_added_later_keeps_its_rate_and_is_scheduled(string name)
    {
        var (make, factor) = Decays[name];
        using var optimizer = Optimizer(0.1);
        var schedule = make(optimizer);
        schedule.step();
        schedule.step();
        optimizer.add_param_group(new SGD.ParamGroup([new Parameter(zeros(1))], 0.7));
        Assert.Equal(0.7, optimizer.ParamGroups.Last().LearningRate);
        for (var t = 3; t < 9; t++)
        {
            schedule.step();
            Near(0.7 * factor(t) / factor(2), optimizer.ParamGroups.Last().LearningRate);
            Assert.Equal(optimizer.ParamGroups.Select(group => group.LearningRate), schedule.get_last_lr());
        }
    }

    [Fact]
    public void In_a_chain_a_decay_is_what_TorchSharp_s_is()
    {
        using var ours = Optimizer(0.1);
        using var theirs = Optimizer(0.1);
        var mine = ChainedLR([optim.lr_scheduler.ExponentialDecay(ours, 0.9), StepLR(ours, 2, 0.5)]);
        var reference = ChainedLR([ExponentialLR(theirs, 0.9), StepLR(theirs, 2, 0.5)]);
        for (var t = 1; t < 20; t++)
        {
            if (t == 7) Group(ours).LearningRate = Group(theirs).LearningRate = 3;
            mine.step();
            reference.step();
            Near(Group(theirs).LearningRate, Group(ours).LearningRate);
        }
    }

    [Fact]
    public void In_a_sequence_after_a_constant_a_decay_begins_with_the_initial_rate_as_TorchSharp_s_does()
    {
        using var ours = Optimizer(0.1);
        using var theirs = Optimizer(0.1);
        var mine = SequentialLR(ours, [ConstantLR(ours, 0.1, 100), optim.lr_scheduler.ExponentialDecay(ours, 0.9)], [5]);
        var reference = SequentialLR(theirs, [ConstantLR(theirs, 0.1, 100), ExponentialLR(theirs, 0.9)], [5]);
        for (var t = 1; t < 12; t++)
        {
            mine.step();
            reference.step();
            Near(Group(theirs).LearningRate, Group(ours).LearningRate);
        }
    }

    [Fact]
    public void A_warm_up_is_TorchSharp_s_LinearLR_before_the_decay()
    {
        using var ours = Optimizer(0.1);
        using var theirs = Optimizer(0.1);
        var mine = optim.lr_scheduler.ExponentialDecay(ours, 0.9, warmup_steps: 4);
        var reference = SequentialLR(theirs, [LinearLR(theirs, 0.2, 1, 4), ExponentialLR(theirs, 0.9)], [4]);
        for (var t = 1; t < 12; t++)
        {
            Near(Group(theirs).LearningRate, Group(ours).LearningRate);
            mine.step();
            reference.step();
        }
    }

    [Fact]
    public void A_rate_below_the_floor_is_not_raised_and_one_above_does_not_fall_below_it()
    {
        using var optimizer = Optimizer(0.1);
        var schedule = optim.lr_scheduler.ExponentialDecay(optimizer, 0.5, min_lr: 0.05);
        for (var t = 0; t < 5; t++) schedule.step();
        Assert.Equal(0.05, Group(optimizer).LearningRate);
        Group(optimizer).LearningRate = 0.02;
        schedule.step();
        Assert.Equal(0.02, Group(optimizer).LearningRate);
        Group(optimizer).LearningRate = 0.08;
        schedule.step();
        Assert.Equal(0.05, Group(optimizer).LearningRate);
    }

    [Fact]
    public void Where_the_factor_is_0_a_rate_set_by_hand_counts_as_the_initial_one()
    {
        using var optimizer = Optimizer(0.1);
        var schedule = optim.lr_scheduler.TableDecay(optimizer, [(1, 0), (2, 0.5)]);
        schedule.step();
        Group(optimizer).LearningRate = 0.4;
        schedule.step();
        Assert.Equal(0.2, Group(optimizer).LearningRate);
    }

    [Fact]
    public void No_rate_becomes_infinite()
    {
        using var optimizer = Optimizer(10);
        Assert.Throws<ArgumentOutOfRangeException>("k", () => optim.lr_scheduler.InverseSquareRootDecay(optimizer, 1e308));
        Assert.Throws<ArgumentOutOfRangeException>("table", () => optim.lr_scheduler.TableDecay(optimizer, [(1, 1e308)]));
        var last = optim.lr_scheduler.ExponentialDecay(optimizer, 0.5, last_epoch: int.MaxValue - 1);
        for (var k = 0; k < 3; k++)
        {
            Assert.Equal(0, Group(optimizer).LearningRate);
            last.step();
        }
        Group(optimizer).LearningRate = 1e300;
        var schedule = optim.lr_scheduler.TableDecay(optimizer, [(2, 1e6)]);
        Group(optimizer).LearningRate = 1e305;
        schedule.step();
        for (var k = 0; k < 2; k++) Assert.Throws<InvalidOperationException>(() => schedule.step());
        Assert.Equal(1e305, Group(optimizer).LearningRate);
        Assert.Throws<ArgumentOutOfRangeException>("epoch", () => schedule.step(-1));
    }

    private static SGD Optimizer(double lr) => optim.SGD([new Parameter(zeros(1))], lr);

    private static optim.ILearningRateController Group(optim.Optimizer optimizer) => optimizer.ParamGroups.First();

    private static void Near(double expected, double actual) => Assert.InRange(actual, expected * (1 - 1e-13), expected * (1 + 1e-13));
}
