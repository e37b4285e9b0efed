using TorchOptimExt.Checkpointing;
using TorchOptimExt.RandomSearch;
using TorchOptimExt.Tests.Checkpointing;
using static TorchSharp.torch;

namespace TorchOptimExt.Tests.RandomSearch;

[Collection(nameof(RandomNumbers))]
public class PolicySearchTests
{
    // Follows a target that jumps; the second value has another unit, the third never changes.
    private sealed class Tracking : IEnvironment
    {
        private Random random = new(0);
        private double distance;
        public Action<double>? Before { get; init; }
        public int ObservationSize => 3;

        public void Reset(Random random, Span<double> observation)
        {
            (this.random, distance) = (random, random.NextDouble() - 0.5);
            Observe(observation);
        }

        public (double reward, bool done) Step(ReadOnlySpan<double> action, Span<double> observation)
        {
            Before?.Invoke(distance);
            distance += 0.1 * action[0] + 0.02 * (random.NextDouble() - 0.5);
            Observe(observation);
            return (-distance * distance, Math.Abs(distance) > 5);
        }

        private void Observe(Span<double> observation) => (observation[0], observation[1], observation[2]) = (distance, 1000 * distance + 5, 7);
    }

    private static PolicySearch Search(PolicySearchOptions options, Action<double>? before = null) =>
        new(Linear, () => new Tracking { Before = before }, options with { LongestEpisode = 20 });

    private static nn.Module<Tensor, Tensor> Linear()
    {
        var policy = nn.Linear(3, 1, dtype: ScalarType.Float64);
        foreach (var parameter in policy.parameters()) nn.init.zeros_(parameter);
        return policy;
    }

    private static readonly PolicySearchOptions Settings = new() { LearningRate = 0.2, DeltaStd = 0.1, Directions = 4, Threads = 1, EvaluateEvery = 5, Seed = 3 };

    private static double[] Bits(PolicySearch search) =>
        [.. search.Policy.parameters().SelectMany(p => p.detach().data<double>().ToArray()),
            .. search.Normalizer is { } n ? n.Mean().data<double>().ToArray().Concat(n.StandardDeviation().data<double>().ToArray()) : [],
            search.Best ?? -1, search.Episodes];

    [Fact]
    public void It_learns_to_act()
    {
        using var search = Search(Settings);
        var untrained = search.Evaluate(50, seed: 9);
        var last = search.Run(30)!;
        Assert.Equal((30 * 8, 29L), (last.Episodes, last.Search.Step));
        Assert.True(search.Evaluate(50, seed: 9) > untrained / 4, $"{untrained} -> {search.Evaluate(50, seed: 9)}");
        Assert.True(search.Act([0.4, 405, 7])[0] < 0 && search.Act([-0.4, -395, 7])[0] > 0);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Threads_do_not_change_a_bit(bool normalize)
    {
        var found = new[] { 1, 3 }.Select(threads =>
        {
            using var search = Search(Settings with { Threads = threads, Normalize = normalize, CommonRandomNumbers = normalize });
            search.Run(10);
            return Bits(search);
        }).ToArray();
        Assert.Equal(found[0], found[1]);
    }

    // ARS and a normalizer put together by hand, on one thread.
    [Fact]
    public void A_step_is_that_of_the_published_algorithm()
    {
        using var search = Search(Settings);
        search.Run(3);
        using var policy = Linear();
        using var optimizer = TorchSharp.torch.optim.ARS(policy.parameters(), 0.2, 4, delta_std: 0.1, seed: 3, maximize: true);
        using var normalizer = new ObservationNormalizer(3);
        for (var step = 0; step < 3; step++)
        {
            var seen = new List<double[]>();
            optimizer.step(p => Episode(policy, normalizer, new((int)GaussianNoise.SeedOf(3, p.Step, p.Direction)), seen));
            foreach (var one in seen) normalizer.observe(tensor(one));
        }
        foreach (var (expected, actual) in policy.parameters().Zip(search.Policy.parameters()))
            Assert.True(expected.allclose(actual, 1e-9, 1e-12));
        Assert.Equal(normalizer.Count, search.Normalizer!.Count);
        Assert.True(normalizer.StandardDeviation().allclose(search.Normalizer.StandardDeviation(), 1e-9));
    }

    private static double Episode(nn.Module<Tensor, Tensor> policy, ObservationNormalizer normalizer, Random random, List<double[]> seen)
    {
        var (environment, x, sum) = (new Tracking(), new double[3], 0.0);
        environment.Reset(random, x);
        for (var time = 0; time < 20; time++)
        {
            seen.Add([.. x]);
            var (reward, done) = environment.Step(policy.forward(normalizer.forward(tensor(x))).data<double>().ToArray(), x);
            sum += reward;
            if (done) break;
        }
        return sum;
    }

    [Fact]
    public void The_best_policy_is_kept_and_given_back()
    {
        using var search = Search(Settings);
        search.Run(20);
        var (best, at) = (search.Best!.Value, search.BestStep!.Value);
        search.Optimizer.ParamGroups.First().LearningRate = 100;        // away from it
        search.Run(5);
        Assert.Equal((best, at), (search.Best!.Value, search.BestStep!.Value));
        Assert.True(search.Evaluate(20, seed: -1) < best);
        search.RestoreBest();
        Assert.Equal(best, search.Evaluate(20, seed: -1));
    }

    [Fact]
    public void A_checkpoint_goes_on_with_the_same_bits()
    {
        using var folder = new TemporaryFolder();
        using var search = Search(Settings);
        search.Run(7);
        search.Save(folder["a"]);
        search.Run(6);
        using var resumed = Search(Settings with { Threads = 2 });
        resumed.Run(1);
        resumed.Load(folder["a"]);
        Assert.Equal((7 * 8L, 5L), (resumed.Episodes, resumed.BestStep));
        resumed.Run(6);
        Assert.Equal(Bits(search), Bits(resumed));
    }

    [Fact]
    public void Another_file_is_refused_and_changes_nothing()
    {
        using var folder = new TemporaryFolder();
        using var search = Search(Settings);
        search.Run(2);
        var before = Bits(search);
        using var other = Search(Settings with { Normalize = false });
        other.Save(folder["a"]);
        Checkpoint.Save(folder["b"], search.Policy);
        Assert.Throws<CheckpointException>(() => search.Load(folder["a"]));
        Assert.Throws<CheckpointException>(() => search.Load(folder["b"]));
        Assert.Equal(before, Bits(search));
    }

    [Fact]
    public void A_cancelled_step_changes_nothing()
    {
        using var stop = new CancellationTokenSource();
        var actions = 0;
        using var search = Search(Settings, _ => { if (++actions == 10) stop.Cancel(); });
        var before = Bits(search);
        Assert.Throws<OperationCanceledException>(() => search.Run(100, cancellation: stop.Token));
        Assert.Equal(before, Bits(search));
        Assert.InRange(actions, 10, 11);
        Assert.Equal(0L, search.Normalizer!.Count);
        search.step();
    }

    [Fact]
    public void Episodes_that_fail_cost_their_direction_only()
    {
        var actions = 0;
        using var search = Search(Settings, _ => { if (++actions == 3) throw new TimeoutException("the simulator is gone"); });
        var report = search.step();
        Assert.Equal(1, report.Search.Dropped);
        Assert.IsType<TimeoutException>(report.Search.Failure);
        Assert.All(search.Policy.parameters(), p => Assert.True(p.isfinite().all().item<bool>()));
    }

    // Eight episodes of a step, then those of the evaluation.
    [Fact]
    public void A_cancelled_evaluation_is_left_out_and_the_step_stays()
    {
        using var stop = new CancellationTokenSource();
        PolicySearch? search = null;
        using var made = search = Search(Settings with { EvaluateEvery = 1 }, _ => { if (search!.Optimizer.Steps == 1) stop.Cancel(); });
        var report = search.step(stop.Token);
        Assert.True(stop.IsCancellationRequested);
        Assert.Equal((1L, null, null), (search.Optimizer.Steps, report.Evaluation, search.Best));
        Assert.Throws<OperationCanceledException>(() => search.step(stop.Token));
        Assert.Equal(1L, search.Optimizer.Steps);
    }

    [Fact]
    public void What_an_evaluation_throws_is_passed_on_as_it_is()
    {
        using var search = Search(Settings with { Threads = 2 }, _ => throw new TimeoutException("the simulator is gone"));
        Assert.Equal("the simulator is gone", Assert.Throws<TimeoutException>(() => search.Evaluate(4)).Message);
    }

    [Fact]
    public void What_is_wrong_is_named_where_it_enters()
    {
        Assert.Equal("Threads", Assert.Throws<ArgumentOutOfRangeException>(() => Search(Settings with { Threads = 0 })).ParamName);
        Assert.Equal("delta_std", Assert.Throws<ArgumentOutOfRangeException>(() => Search(Settings with { DeltaStd = 0 })).ParamName);
        Assert.Equal("n_directions", Assert.Throws<ArgumentOutOfRangeException>(() => Search(Settings with { Directions = 0 })).ParamName);
        Assert.Contains("no parameters", Assert.Throws<ArgumentException>(() => new PolicySearch(() => nn.Tanh(), () => new Tracking())).Message);
        var shared = Linear();
        Assert.Throws<ArgumentException>(() => new PolicySearch(() => shared, () => new Tracking()));
        using var search = Search(Settings);
        Assert.Contains("2 values, not 3", Assert.Throws<ArgumentException>(() => search.Act([1, 2])).Message);
    }
}
