using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.optim.lr_scheduler;

namespace TorchOptimExt.Tests.Schedules;

/// <summary>Decays against their closed forms, TorchSharp's own schedules and PyTorch's numbers.</summary>
public class DecayTests
{
    private const int Steps = 40;

    private sealed record Case(Func<optim.Optimizer, int, LRScheduler> Make, Func<double, int, double> Rate);

    private static readonly (int, double)[] Table = [(3, 0.5), (10, 2), (20, 0.01)];

    // The second group starts below the floor of those that have one.
    private static readonly double[] Initial = [0.5, 0.004];

    private static readonly Dictionary<string, Case> Cases = new()
    {
        ["inverse time"] = new((o, last) => optim.lr_scheduler.InverseTimeDecay(o, 0.1, last_epoch: last), (a, t) => a / (1 + 0.1 * t)),
        ["inverse time, floor"] = new((o, last) => optim.lr_scheduler.InverseTimeDecay(o, decay_rate: 2, min_lr: 0.02, last_epoch: last), (a, t) => a < 0.02 ? a : Math.Max(0.02, a / (1 + 2 * t))),
        ["exponential"] = new((o, last) => optim.lr_scheduler.ExponentialDecay(o, 0.9, last_epoch: last), (a, t) => a * Math.Exp(t * Math.Log(0.9))),
        ["exponential, floor"] = new((o, last) => optim.lr_scheduler.ExponentialDecay(o, 0.8, 0.02, last_epoch: last), (a, t) => a < 0.02 ? a : Math.Max(0.02, a * Math.Exp(t * Math.Log(0.8)))),
        ["inverse square root"] = new((o, last) => optim.lr_scheduler.InverseSquareRootDecay(o, last_epoch: last), (a, t) => t == 0 ? a : a * Math.Pow(t, -0.5)),
        ["inverse square root, k, floor"] = new((o, last) => optim.lr_scheduler.InverseSquareRootDecay(o, 0.5, 0.06, last_epoch: last), (a, t) => a < 0.06 ? a : Math.Max(0.06, t == 0 ? a / 2 : a / 2 * Math.Pow(t, -0.5))),
        ["staircase"] = new((o, last) => optim.lr_scheduler.StaircaseDecay(o, 7, last_epoch: last), (a, t) => a * (t < 7 ? 1 : t < 14 ? 0.1 : t < 21 ? 0.01 : t < 28 ? 1e-3 : t < 35 ? 1e-4 : 1e-5)),
        ["staircase, floor"] = new((o, last) => optim.lr_scheduler.StaircaseDecay(o, 10, 0.5, 0.1, last_epoch: last), (a, t) => a < 0.1 ? a : Math.Max(0.1, a * (t < 10 ? 1 : t < 20 ? 0.5 : t < 30 ? 0.25 : 0.125))),
        ["table"] = new((o, last) => optim.lr_scheduler.TableDecay(o, Table, last_epoch: last), (a, t) => a * (t < 3 ? 1 : t < 10 ? 0.5 : t < 20 ? 2 : 0.01)),
        ["table, floor"] = new((o, last) => optim.lr_scheduler.TableDecay(o, Table, 0.02, last_epoch: last), (a, t) => Math.Max(Math.Min(a, 0.02), a * (t < 3 ? 1 : t < 10 ? 0.5 : t < 20 ? 2 : 0.01))),
        ["warm restarts"] = new((o, last) => optim.lr_scheduler.CosineAnnealingWarmRestarts(o, 8, last_epoch: last), (a, t) => a * Math.Pow(Math.Cos(Math.PI * (t % 8) / 16), 2)),
        ["warm restarts, growing, floor"] = new((o, last) => optim.lr_scheduler.CosineAnnealingWarmRestarts(o, 5, 2, 0.02, last_epoch: last), (a, t) =>
        {
            var (since, length) = t < 5 ? (t, 5) : t < 15 ? (t - 5, 10) : t < 35 ? (t - 15, 20) : (t - 35, 40);
            return a < 0.02 ? a : 0.02 + (a - 0.02) * Math.Pow(Math.Cos(Math.PI * since / length / 2), 2);
        }),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Each_rate_is_that_of_the_closed_form(string name)
    {
        using var groups = new Groups(Initial);
        var scheduler = Cases[name].Make(groups.Optimizer, -1);
        for (var t = 0; t <= Steps; t++)
        {
            groups.Expect(Cases[name].Rate, t, scheduler);
            scheduler.step();
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void No_rate_is_below_the_floor_by_even_one_bit(string name)
    {
        using var groups = new Groups([0.3]);
        var scheduler = Cases[name].Make(groups.Optimizer, -1);
        var floor = name.Contains("inverse square", StringComparison.Ordinal) ? 0.06 : name.Contains("stair", StringComparison.Ordinal) ? 0.1 : 0.02;
        if (!name.Contains("floor", StringComparison.Ordinal)) floor = 0;
        for (var t = 0; t < 200; t++, scheduler.step()) Assert.True(groups.Optimizer.ParamGroups.Single().LearningRate >= floor);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_schedule_begins_anywhere_and_goes_anywhere(string name)
    {
        using var groups = new Groups(Initial);
        var scheduler = Cases[name].Make(groups.Optimizer, 16);
        groups.Expect(Cases[name].Rate, 17, scheduler);
        scheduler.step();
        groups.Expect(Cases[name].Rate, 18, scheduler);
        foreach (var t in (int[])[33, 2, 0, 16])
        {
            scheduler.step(t);
            groups.Expect(Cases[name].Rate, t, scheduler);
        }
        scheduler.step();
        groups.Expect(Cases[name].Rate, 17, scheduler);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_decay_is_the_first_the_second_or_the_last_of_a_sequence(string name)
    {
        var ramp = new Case((o, _) => LambdaLR(o, t => (t + 1) / 10.0), (a, t) => a * (t + 1) / 10);
        var decay = Cases[name];
        foreach (var sequence in (Case[][])[[decay, ramp, ramp], [ramp, decay, ramp], [ramp, ramp, decay], [decay, decay, decay]])
        {
            using var groups = new Groups(Initial);
            var scheduler = SequentialLR(groups.Optimizer, sequence.Select(c => c.Make(groups.Optimizer, -1)), [6, 14]);
            for (var t = 0; t < Steps; t++)
            {
                var (part, start) = t < 6 ? (0, 0) : t < 14 ? (1, 6) : (2, 14);
                groups.Expect(sequence[part].Rate, t - start, scheduler);
                scheduler.step();
            }
        }
    }

    public static TheoryData<string> BuiltIn => [.. Equivalents.Keys];

    private static readonly Dictionary<string, (Func<optim.Optimizer, LRScheduler> ours, Func<optim.Optimizer, LRScheduler> theirs)> Equivalents = new()
    {
        ["ExponentialLR"] = (o => optim.lr_scheduler.ExponentialDecay(o, 0.9), o => ExponentialLR(o, 0.9)),
        ["StepLR"] = (o => optim.lr_scheduler.StaircaseDecay(o, 4, 0.3), o => StepLR(o, 4, 0.3)),
        ["MultiStepLR"] = (o => optim.lr_scheduler.TableDecay(o, [(5, 0.5), (9, 0.25)]), o => MultiStepLR(o, [5, 9], 0.5)),
        ["CosineAnnealingLR"] = (o => optim.lr_scheduler.CosineAnnealingWarmRestarts(o, 100, eta_min: 1e-3), o => CosineAnnealingLR(o, 100, 1e-3)),
    };

    [Theory]
    [MemberData(nameof(BuiltIn))]
    public void A_decay_is_TorchSharp_s_own_where_there_is_one(string name)
    {
        using var mine = new Groups(Initial);
        using var reference = new Groups(Initial);
        var (ours, theirs) = (Equivalents[name].ours(mine.Optimizer), Equivalents[name].theirs(reference.Optimizer));
        for (var t = 0; t < Steps; t++)
        {
            mine.Expect((a, _) => reference.Rates[Array.IndexOf(Initial, a)], t, ours);
            ours.step();
            theirs.step();
        }
    }

    // torch.optim.lr_scheduler.CosineAnnealingWarmRestarts(SGD(lr=0.5), 3, 2, 0.05) of PyTorch 1.13.1
    [Fact]
    public void Warm_restarts_are_PyTorch_s()
    {
        double[] expected =
        [
            0.5, 0.3875, 0.16250000000000006, 0.5, 0.4698557158514987, 0.3875, 0.275, 0.16250000000000006, 0.08014428414850129, 0.5,
            0.49233331091504035, 0.4698557158514987, 0.4340990257669732, 0.3875, 0.3332342851480672, 0.275, 0.21676571485193286,
            0.16250000000000006, 0.11590097423302682, 0.08014428414850129, 0.05766668908495966, 0.5, 0.49807509380910736, 0.49233331091504035,
        ];
        using var groups = new Groups([0.5]);
        var scheduler = optim.lr_scheduler.CosineAnnealingWarmRestarts(groups.Optimizer, T_0: 3, T_mult: 2, eta_min: 0.05);
        for (var t = 0; t < expected.Length; t++, scheduler.step()) groups.Expect((_, t) => expected[t], t, scheduler);
    }

    [Fact]
    public void A_frozen_group_stays_frozen()
    {
        using var groups = new Groups([0.0]);
        foreach (var (_, decay) in Cases)
        {
            var scheduler = decay.Make(groups.Optimizer, -1);
            for (var t = 0; t < 20; t++, scheduler.step()) Assert.Equal(0, groups.Rates.Single());
        }
    }

    public static TheoryData<string, string, double> Bad => new()
    {
        { "decay_rate", "not negative", -0.1 }, { "decay_rate", "not negative", double.NaN }, { "decay_rate", "finite", double.PositiveInfinity },
        { "gamma", "greater than 0", 0 }, { "gamma", "at most 1", 1.1 }, { "gamma", "at most 1", double.NaN },
        { "k", "greater than 0", 0 }, { "min_lr", "not negative", -1 }, { "min_lr", "finite", double.NaN }, { "eta_min", "not negative", -1 },
        { "step_size", "at least 1", 0 }, { "T_0", "at least 1", 0 }, { "T_mult", "at least 1", 0 }, { "last_epoch", "at least -1", -2 }, { "last_epoch", "below 2147483647", int.MaxValue }, { "table", "at least 4", 3 },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public void A_number_out_of_range_is_refused_and_no_rate_changes(string parameter, string range, double value)
    {
        using var groups = new Groups(Initial);
        var o = groups.Optimizer;
        var error = Assert.Throws<ArgumentOutOfRangeException>(parameter, () => parameter switch
        {
            "decay_rate" => optim.lr_scheduler.InverseTimeDecay(o, value),
            "gamma" => value > 0 ? optim.lr_scheduler.StaircaseDecay(o, 2, value) : optim.lr_scheduler.ExponentialDecay(o, value),
            "k" => optim.lr_scheduler.InverseSquareRootDecay(o, value),
            "min_lr" => optim.lr_scheduler.ExponentialDecay(o, min_lr: value),
            "eta_min" => optim.lr_scheduler.CosineAnnealingWarmRestarts(o, 2, 1, value),
            "step_size" => optim.lr_scheduler.StaircaseDecay(o, (int)value),
            "T_0" => optim.lr_scheduler.CosineAnnealingWarmRestarts(o, (int)value),
            "T_mult" => optim.lr_scheduler.CosineAnnealingWarmRestarts(o, 2, (int)value),
            "last_epoch" => optim.lr_scheduler.InverseTimeDecay(o, 1, last_epoch: (int)value),
            _ => optim.lr_scheduler.TableDecay(o, [(3, 1), ((int)value, 1)]),
        });
        Assert.Equal(value, Convert.ToDouble(error.ActualValue));
        Assert.Contains(range, error.Message, StringComparison.Ordinal);
        Assert.Equal(Initial, groups.Rates);
    }

    [Fact]
    public void What_is_missing_is_refused()
    {
        using var groups = new Groups(Initial);
        Assert.Throws<ArgumentNullException>("optimizer", () => optim.lr_scheduler.InverseTimeDecay(null!, 1));
        Assert.Throws<ArgumentNullException>("table", () => optim.lr_scheduler.TableDecay(groups.Optimizer, null!));
        Assert.Throws<ArgumentException>("table", () => optim.lr_scheduler.TableDecay(groups.Optimizer, []));
    }

    /// <summary>An optimizer with a group for each rate.</summary>
    private sealed class Groups(double[] rates) : IDisposable
    {
        public SGD Optimizer { get; } = optim.SGD(rates.Select(lr => new SGD.ParamGroup([new Parameter(zeros(1))], lr)), 1);

        public double[] Rates => [.. Optimizer.ParamGroups.Select(g => g.LearningRate)];

        public void Expect(Func<double, int, double> rate, int t, LRScheduler scheduler)
        {
            Assert.Equal(Rates, scheduler.get_last_lr());
            Assert.All(Rates.Zip(rates), pair =>
            {
                var expected = rate(pair.Second, t);
                Assert.InRange(pair.First, expected - 1e-13 * expected, expected + 1e-13 * expected);
            });
        }

        public void Dispose()
        {
            foreach (var parameter in Optimizer.parameters()) parameter.Dispose();
            Optimizer.Dispose();
        }
    }
}
