using TorchOptimExt.RandomSearch;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.Tests.RandomSearch;

public class ARSTests
{
    private const long Seed = -8_000_000_000_000_001;

    // Two parameters, longer and shorter than a tile of deviates; the objective is Σ (x − 1)²·(1 + i/100).
    private static readonly long[][] ParameterShapes = [[7, 50], [3]];

    [Theory]
    [InlineData(8, 8, true, false)]
    [InlineData(8, 3, true, false)]
    [InlineData(8, 3, false, true)]
    [InlineData(1, 1, false, false)]
    public void Follows_the_published_algorithm(int directions, int top, bool normalize, bool maximize)
    {
        var parameters = Parameters(ScalarType.Float64);
        var reference = new ReferenceSearch(Values(parameters), [1e-3, 1e-3], [0.03, 0.03], directions, top, normalize, maximize, Seed);
        using var optimizer = optim.ARS(parameters, lr: 1e-3, n_directions: directions, top_directions: top, normalize_by_std: normalize, seed: Seed, maximize: maximize);
        for (var step = 0; step < 20; step++)
        {
            optimizer.step(() => Objective(parameters)).Dispose();
            reference.Step(Objective);
            Assert.Equal(reference.Sigma, optimizer.LastStep!.Sigma, 1e-9);
        }
        AssertClose(reference.Parameters, Values(parameters), 1e-12);
    }

    [Fact]
    public void Groups_have_their_own_rates_and_sizes()
    {
        var parameters = Parameters(ScalarType.Float64);
        var reference = new ReferenceSearch(Values(parameters), [0.01, 0.05], [0.02, 0.1], 4, 4, true, false, Seed);
        using var optimizer = optim.ARS([new ARS.ParamGroup([parameters[0]], new ARS.Options { LearningRate = 0.01, delta_std = 0.02 }), new ARS.ParamGroup([parameters[1]])],
            lr: 0.05, n_directions: 4, delta_std: 0.1, seed: Seed);
        for (var step = 0; step < 5; step++)
        {
            optimizer.step(() => Objective(parameters)).Dispose();
            reference.Step(Objective);
        }
        AssertClose(reference.Parameters, Values(parameters), 1e-12);
    }

    // float32 rounds each perturbed parameter and the sum of a loss of some 500 terms; half precision every parameter.
    [Theory]
    [InlineData(ScalarType.Float32, 1e-4)]
    [InlineData(ScalarType.BFloat16, 0.02)]
    public void Other_dtypes_follow_within_their_rounding(ScalarType dtype, double tolerance)
    {
        var parameters = Parameters(dtype);
        var reference = new ReferenceSearch(Values(parameters), [0.05, 0.05], [0.1, 0.1], 8, 8, true, false, Seed);
        using var optimizer = optim.ARS(parameters, lr: 0.05, delta_std: 0.1, seed: Seed);
        optimizer.step(() => Objective(parameters)).Dispose();
        reference.Step(Objective);
        AssertClose(reference.Parameters, Values(parameters), tolerance);
    }

    [Fact]
    public void Parameters_that_are_not_contiguous_get_the_same_bits()
    {
        var plain = Parameters(ScalarType.Float32);
        Parameter[] turned = [new Parameter(plain[0].detach().t().contiguous().t()), new Parameter(plain[1].detach().clone())];
        Assert.False(turned[0].is_contiguous());
        foreach (var parameters in new[] { plain, turned })
        {
            using var optimizer = optim.ARS(parameters, seed: Seed);
            optimizer.step(perturbation => (perturbation.Direction + 2) * perturbation.Sign);
        }
        Assert.Equal(Values(plain), Values(turned));
    }

    [Fact]
    public void The_number_of_threads_does_not_change_a_bit()
    {
        var before = get_num_threads();
        try
        {
            var results = new[] { 1, 2, 3 }.Select(threads =>
            {
                set_num_threads(threads);
                var parameter = new Parameter(zeros(200_003, dtype: ScalarType.Float32));
                using var optimizer = optim.ARS([parameter], n_directions: 3, seed: 5);
                var report = optimizer.step(p => p.Sign * (p.Direction + 1.5));
                return (bits: parameter.detach().data<float>().ToArray(), report);
            }).ToArray();
            Assert.Equal(results[0].bits, results[1].bits);
            Assert.Equal(results[0].bits, results[2].bits);
            Assert.Equal(results[0].report, results[2].report);
        }
        finally
        {
            set_num_threads(before);
        }
    }

    [Fact]
    public void Report_says_what_the_rewards_were()
    {
        using var parameter = new Parameter(zeros(2, dtype: ScalarType.Float64));
        using var optimizer = optim.ARS([parameter], lr: 0.5, n_directions: 2, seed: 3);
        double[] plus = [1, 4], minus = [3, -2];
        var report = optimizer.Update(plus, minus);
        // Rewards are −f: −1, −3, −4, 2 with mean −1.5 and variance 5.25.
        Assert.Equal((0L, 4, 0), (report.Step, report.Evaluations, report.Dropped));
        Assert.Equal([-1.5, -4, 2], new[] { report.Mean, report.Min, report.Max });
        Assert.Equal(Math.Sqrt(5.25), report.StandardDeviation, 1e-15);
        Assert.Equal(Math.Sqrt(5.25), report.Sigma, 1e-15);
        Assert.Equal(parameter.detach().norm().ToDouble(), report.UpdateNorm, 1e-15);
        Assert.Equal(1, optimizer.Steps);
        Assert.Same(report, optimizer.LastStep);
    }

    [Fact]
    public void Returns_the_mean_objective_in_its_dtype()
    {
        using var parameter = new Parameter(zeros(2, dtype: ScalarType.Float64));
        using var optimizer = optim.ARS([parameter], n_directions: 2);
        var values = new Queue<float>([1, 2, 3, 6]);
        using var mean = optimizer.step(() => tensor(values.Dequeue()));
        Assert.Equal(3, mean.item<float>());
    }

    [Fact]
    public void Parameters_have_their_bits_after_an_evaluation_and_after_a_step_that_throws()
    {
        var parameters = Parameters(ScalarType.Float32);
        parameters[1].detach().fill_(-0.0f);
        var before = Bits(parameters);
        using var optimizer = optim.ARS(parameters, seed: Seed);
        Assert.True(double.IsFinite(optimizer.Evaluate(new(0, 7, -1), _ => Objective(parameters).ToDouble())));
        Assert.Equal(before, Bits(parameters));

        var calls = 0;
        Assert.Throws<TimeoutException>(() => optimizer.step(() => ++calls == 10 ? throw new TimeoutException() : Objective(parameters)));
        Assert.Equal(before, Bits(parameters));
        Assert.Equal(0, optimizer.Steps);
        Assert.Null(optimizer.LastStep);

        Assert.Throws<InvalidOperationException>(() => optimizer.step(_ => double.NaN));
        Assert.Throws<InvalidOperationException>(() => optimizer.step(() => zeros(2)));
        Assert.Throws<InvalidOperationException>(() => optimizer.step());
        Assert.Equal(before, Bits(parameters));
    }

    [Fact]
    public void Equal_rewards_leave_the_parameters_as_they_are()
    {
        using var parameter = new Parameter(full(5, -0.0f));
        using var optimizer = optim.ARS([parameter], seed: 1);
        var report = optimizer.step(_ => 0.1);
        Assert.Equal((0.0, 0.0), (report.Sigma, report.UpdateNorm));
        Assert.Equal(Bits([new Parameter(full(5, -0.0f))]), Bits([parameter]));
        Assert.Equal(1, optimizer.Steps);
    }

    // Whole numbers, so that the rewards themselves are exact; a power of 2, so that float64 has them all.
    [Fact]
    public void What_all_rewards_have_in_common_costs_no_digits()
    {
        var offset = Math.ScaleB(1, 50);
        double[] plus = [3, -2, 7, 0], minus = [1, 5, -4, 2];
        var (near, far) = (Search(0), Search(offset));
        Assert.Equal(near.sigma, far.sigma, 1e-14);
        Assert.Equal(near.moved, far.moved);

        (double sigma, double[] moved) Search(double offset)
        {
            using var parameter = new Parameter(zeros(100, float64));
            using var optimizer = optim.ARS([parameter], n_directions: 4, seed: 5);
            var report = optimizer.Update([.. plus.Select(r => r + offset)], [.. minus.Select(r => r + offset)]);
            return (report.Sigma, parameter.data<double>().ToArray());
        }
    }

    [Fact]
    public void Reward_that_is_not_finite_drops_its_direction()
    {
        double[] plus = [1, double.NaN, 3, 5], minus = [2, 0, double.NegativeInfinity, 4];
        using var four = new Parameter(zeros(10, dtype: ScalarType.Float64));
        using var optimizer = optim.ARS([four], n_directions: 4, seed: 2);
        Assert.Equal(2, optimizer.Update(plus, minus).Dropped);

        // r⁺ − r⁻ of directions 0 and 3 is 1 and −1; the four rewards −1, −2, −5, −4 have variance 2.5.
        float[] first = new float[10], last = new float[10];
        GaussianNoise.Fill(first, 2, 0, 0);
        GaussianNoise.Fill(last, 2, 0, 3);
        var expected = first.Zip(last).Select(pair => 0.02 / (2 * Math.Sqrt(2.5)) * ((double)pair.First - pair.Second)).ToArray();
        AssertClose([expected], Values([four]), 1e-14);
    }

    [Fact]
    public void Update_that_overflows_is_refused()
    {
        using var parameter = new Parameter(ones(3));
        using var optimizer = optim.ARS([parameter], n_directions: 1, normalize_by_std: false);
        Assert.Throws<InvalidOperationException>(() => optimizer.step(p => p.Sign * 1e300));
        Assert.Equal([1f, 1, 1], parameter.detach().data<float>().ToArray());
        using var scaled = optim.ARS([parameter], n_directions: 1);
        Assert.Equal(1e300, scaled.step(p => p.Sign * 1e300).Sigma);
    }

    // The weight is 2·10⁴⁰ for the first two, 2·10⁵ for the third.
    [Theory]
    [InlineData(ScalarType.Float64, 1e40, true)]
    [InlineData(ScalarType.Float32, 1e40, false)]
    [InlineData(ScalarType.Float16, 1e5, false)]
    public void Update_must_fit_the_dtype_of_each_parameter_before_any_moves(ScalarType dtype, double reward, bool fits)
    {
        using Parameter wide = new(ones(3, dtype: ScalarType.Float64)), narrow = new(ones([3], dtype));
        using var optimizer = optim.ARS([("wide", wide), ("narrow", narrow)], lr: 1, n_directions: 1, normalize_by_std: false, seed: 1);
        if (fits)
        {
            Assert.True(optimizer.step(p => p.Sign * reward).UpdateNorm > reward);
            return;
        }
        var error = Assert.Throws<InvalidOperationException>(() => optimizer.step(p => p.Sign * reward));
        Assert.Contains("'narrow'", error.Message);
        Assert.Equal([1.0, 1, 1], Values([wide])[0]);
        Assert.Equal([1.0, 1, 1], Values([narrow])[0]);
        Assert.Equal(0, optimizer.Steps);
    }

    [Fact]
    public void Memory_is_the_parameters_and_one_saved_copy()
    {
        var parameters = Enumerable.Range(0, 20).Select(_ => new Parameter(zeros(100))).ToArray();
        using var optimizer = optim.ARS(parameters, seed: 4);
        optimizer.step(p => p.Sign);
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        List<long> copies = [];
        optimizer.step(p =>
        {
            copies.Add(DisposeScopeManager.Statistics.ThreadTotalLiveCount - before);
            return p.Sign;
        });
        Assert.Equal(16, copies.Count);
        Assert.All(copies, count => Assert.Equal(parameters.Length, count));
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void Restored_search_continues_with_the_same_bits()
    {
        var (first, second) = (Parameters(ScalarType.Float32), Parameters(ScalarType.Float32));
        using var stored = new MemoryStream();
        using var one = optim.ARS(first, n_directions: 5, top_directions: 2, seed: Seed);
        for (var step = 0; step < 3; step++) one.step(() => Objective(first)).Dispose();
        using (var writer = new BinaryWriter(stored, System.Text.Encoding.UTF8, leaveOpen: true)) one.save_state_dict(writer);
        foreach (var (target, source) in second.Zip(first)) target.detach().copy_(source.detach());

        using var other = optim.ARS(second);
        stored.Position = 0;
        using (var reader = new BinaryReader(stored)) other.load_state_dict(reader);
        Assert.Equal(3, other.Steps);
        for (var step = 0; step < 3; step++)
        {
            one.step(() => Objective(first)).Dispose();
            other.step(() => Objective(second)).Dispose();
            Assert.Equal(one.LastStep, other.LastStep);
        }
        Assert.Equal(Bits(first), Bits(second));
    }

    [Fact]
    public void Without_a_seed_torchs_generator_decides()
    {
        var seeds = new[] { 1, 1, 2 }.Select(seed =>
        {
            manual_seed(seed);
            using var optimizer = optim.ARS(Parameters(ScalarType.Float32));
            return ((ARS.Options)((ParamGroup)optimizer.ParamGroups.Single()).Options).seed;
        }).ToArray();
        Assert.Equal(seeds[0], seeds[1]);
        Assert.NotEqual(seeds[0], seeds[2]);
    }

    [Fact]
    public void Seed_keeps_all_its_bits()
    {
        foreach (var seed in new[] { long.MinValue, -1, 0, 1, long.MaxValue, Seed }) Assert.Equal(seed, new ARS.Options { seed = seed }.seed);
        Assert.Null(new ARS.Options().seed);
    }

    [Theory]
    [InlineData("lr", -1.0)]
    [InlineData("delta_std", 0.0)]
    [InlineData("delta_std", double.NaN)]
    [InlineData("n_directions", 0.0)]
    [InlineData("top_directions", 9.0)]
    [InlineData("top_directions", 0.0)]
    public void Names_the_hyperparameter_that_is_out_of_range(string name, double value)
    {
        double Of(string candidate, double other) => candidate == name ? value : other;
        var e = Assert.Throws<ArgumentOutOfRangeException>(() => optim.ARS(Parameters(ScalarType.Float32), Of("lr", 0.1), (int)Of("n_directions", 8), name == "top_directions" ? (int)value : null, Of("delta_std", 0.1)));
        Assert.Equal(name, e.ParamName);
    }

    [Fact]
    public void Group_with_another_number_of_directions_is_refused()
    {
        var parameters = Parameters(ScalarType.Float32);
        using var optimizer = optim.ARS([parameters[0]], n_directions: 4, seed: 1);
        Assert.Throws<ArgumentException>(() => optimizer.add_param_group(new ARS.ParamGroup([parameters[1]], new ARS.Options { n_directions = 5 })));
        optimizer.add_param_group(new ARS.ParamGroup([parameters[1]], new ARS.Options { delta_std = 0.5, n_directions = 4 }));
        optimizer.step(p => p.Sign);
        Assert.Equal(2, optimizer.parameters().Count());
    }

    [Fact]
    public void Group_with_another_seed_is_told_both()
    {
        var parameters = Parameters(ScalarType.Float32);
        using var optimizer = optim.ARS([parameters[0]], seed: Seed);
        var error = Assert.Throws<ArgumentException>(() => optimizer.add_param_group(new ARS.ParamGroup([parameters[1]], new ARS.Options { seed = -1 })));
        Assert.Contains($"seed is -1, the optimizer's {Seed}", error.Message);
        optimizer.add_param_group(new ARS.ParamGroup([parameters[1]], new ARS.Options { seed = Seed }));
    }

    [Fact]
    public void Closure_must_return_a_tensor_of_one_element()
    {
        using var parameter = new Parameter(zeros(3));
        using var optimizer = optim.ARS([parameter]);
        foreach (var closure in (Func<Tensor>[])[() => null!, () => parameter, () => zeros(0)])
            Assert.Contains("one element", Assert.Throws<InvalidOperationException>(() => optimizer.step(closure)).Message);
    }

    [Fact]
    public void Options_of_a_refused_group_stay_as_they_are()
    {
        var parameters = Parameters(ScalarType.Float32);
        using var optimizer = optim.ARS([parameters[0]], n_directions: 4, seed: 1);
        var options = new ARS.Options { delta_std = 0.5 };
        Assert.Throws<ArgumentException>(() => optimizer.add_param_group(new ARS.ParamGroup([parameters[0]], options)));
        Assert.Equal((null, 0.5, null, null), (options.LearningRate, options.delta_std, options.n_directions, options.seed));
        optimizer.add_param_group(new ARS.ParamGroup([parameters[1]], options));
        Assert.Equal((0.02, 0.5, 4, 1L), (options.LearningRate, options.delta_std, options.n_directions, options.seed));
    }

    [Fact]
    public void Perturbation_of_another_step_or_direction_is_refused()
    {
        using var parameter = new Parameter(zeros(1));
        using var optimizer = optim.ARS([parameter], n_directions: 2);
        foreach (var wrong in new Perturbation[] { new(1, 0, 1), new(0, 2, 1), new(0, -1, 1), new(0, 0, 0) })
            Assert.Throws<ArgumentOutOfRangeException>(() => optimizer.Evaluate(wrong, _ => 0));
        Assert.Throws<ArgumentException>(() => optimizer.Update([1], [1, 2]));
        Assert.Throws<ArgumentException>(() => optimizer.Update([1], [1]));
    }

    [Fact]
    public void Closure_runs_without_gradients_and_its_tensors_do_not_stay()
    {
        using var parameter = new Parameter(zeros(1000));
        using var optimizer = optim.ARS([parameter], seed: 4);
        optimizer.step(() => parameter.square().sum()).Dispose();
        var before = Tensor.TotalCount;
        optimizer.step(() =>
        {
            Assert.False(is_grad_enabled());
            return parameter.square().sum();
        }).Dispose();
        Assert.Equal(before, Tensor.TotalCount);
    }

    [Fact]
    public void Disposed_search_says_so()
    {
        using var parameter = new Parameter(zeros(1));
        var optimizer = optim.ARS([parameter]);
        optimizer.Dispose();
        optimizer.Dispose();
        Assert.Throws<ObjectDisposedException>(() => optimizer.step(_ => 0));
        Assert.Throws<ObjectDisposedException>(() => optimizer.step(() => zeros(1)));
        Assert.Throws<ObjectDisposedException>(() => optimizer.Update([], []));
    }

    [Fact]
    public void Scheduler_changes_the_step_size()
    {
        using var parameter = new Parameter(zeros(4, dtype: ScalarType.Float64));
        using var optimizer = optim.ARS([parameter], lr: 1, n_directions: 1, seed: 1);
        var schedule = optim.lr_scheduler.StepLR(optimizer, 1, 0.25);
        optimizer.step(p => p.Sign);
        schedule.step();
        var before = Values([parameter])[0];
        optimizer.step(p => p.Sign);
        var delta = new float[4];
        GaussianNoise.Fill(delta, 1, 1, 0);
        // One direction: rewards −1 and 1, σ = 1, θ ← θ − lr·2·δ.
        AssertClose([[.. before.Zip(delta).Select(pair => pair.First - 0.25 * 2 * pair.Second)]], Values([parameter]), 1e-14);
    }

    private static Parameter[] Parameters(ScalarType dtype) =>
        [.. ParameterShapes.Select(shape => new Parameter(linspace(-1, 2, shape.Aggregate((a, b) => a * b), ScalarType.Float64).view(shape).to(dtype)))];

    private static Tensor Objective(Parameter[] parameters) => parameters.Select(parameter =>
    {
        var x = parameter.to(ScalarType.Float64).flatten();
        return ((x - 1).square() * (1 + arange(x.numel(), ScalarType.Float64) / 100)).sum();
    }).Aggregate((a, b) => a + b);

    private static double Objective(double[][] parameters) => parameters.Sum(x => x.Select((v, i) => (v - 1) * (v - 1) * (1 + i / 100.0)).Sum());

    private static double[][] Values(Parameter[] parameters) => [.. parameters.Select(p => p.detach().to(ScalarType.Float64).flatten().contiguous().data<double>().ToArray())];

    private static byte[][] Bits(Parameter[] parameters) => [.. parameters.Select(p => p.detach().contiguous().bytes.ToArray())];

    private static void AssertClose(double[][] expected, double[][] actual, double tolerance)
    {
        foreach (var (e, a) in expected.Zip(actual))
        {
            var scale = e.Max(Math.Abs);
            foreach (var (x, y) in e.Zip(a)) Assert.True(Math.Abs(x - y) <= tolerance * scale, $"{x} and {y}");
        }
    }
}
