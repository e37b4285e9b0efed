using TorchOptimExt.RandomSearch;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.Tests.RandomSearch;

/// <summary>What a step of random search holds fixed while it compares evaluations: frozen parameters, buffers, random numbers; and what it does not take for a difference.</summary>
public class StepConditionsTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Frozen_parameter_keeps_its_bits_and_takes_no_part(bool byRate)
    {
        var (whole, part) = (Three(), Three());
        using var all = optim.ARS(whole, lr: 0.1, n_directions: 4, seed: 6);
        using var some = optim.ARS(
            [new ARS.ParamGroup([part[0], part[2]]), new ARS.ParamGroup([part[1]], new ARS.Options { LearningRate = byRate ? 0 : 0.1 })],
            lr: 0.1, n_directions: 4, seed: 6);
        part[1].requires_grad = byRate;
        var before = Bits(part[1]);
        for (var step = 0; step < 3; step++)
        {
            some.step(p =>
            {
                Assert.Equal(before, Bits(part[1]));
                Assert.NotEqual(before, Bits(part[0]));
                return p.Sign * (p.Direction + 1.5);
            });
            Assert.Equal(before, Bits(part[1]));
        }
        // The first parameter has the same place in both searches, so the same deviates.
        for (var step = 0; step < 3; step++) all.step(p => p.Sign * (p.Direction + 1.5));
        Assert.Equal(Bits(whole[0]), Bits(part[0]));
    }

    [Fact]
    public void Thawed_parameter_moves_again_and_the_others_have_moved_as_if_nothing_had_been_frozen()
    {
        var (whole, part) = (Three(), Three());
        using ARS all = optim.ARS(whole, seed: 6), some = optim.ARS(part, seed: 6);
        part[1].requires_grad = false;
        all.step(p => p.Sign);
        some.step(p => p.Sign);
        Assert.Equal(Bits(whole[2]), Bits(part[2]));
        part[1].requires_grad = true;
        var before = Bits(part[1]);
        some.step(p => p.Sign);
        Assert.NotEqual(before, Bits(part[1]));
    }

    [Fact]
    public void Replica_of_a_model_with_a_frozen_parameter_has_its_bits()
    {
        var (own, replica) = (Three(), Three().Select(p => new Parameter(p.detach() * 7)).ToArray());
        own[1].requires_grad = false;
        using var optimizer = optim.ARS(own, n_directions: 2, seed: 6);
        var report = optimizer.step([new PerturbedReplica(optimizer, replica, p =>
        {
            Assert.Equal(Bits(own[1]), Bits(replica[1]));
            Assert.NotEqual(Bits(own[0]), Bits(replica[0]));
            return p.Sign;
        })]);
        Assert.Null(report.Failure);
    }

    [Fact]
    public void With_everything_frozen_a_step_moves_nothing()
    {
        var own = Three();
        foreach (var parameter in own) parameter.requires_grad = false;
        var before = own.Select(Bits).ToArray();
        using var optimizer = optim.ARS(own, seed: 6);
        Assert.Equal(0, optimizer.step(p => p.Sign).UpdateNorm);
        Assert.Equal(before, own.Select(Bits));
    }

    // Four and five units in the last place of 1: float64's is 2⁻⁵², float32's 2⁻²³. With one direction σ is half the difference.
    [Theory]
    [InlineData(-52, 8, false)]
    [InlineData(-52, 10, true)]
    [InlineData(-23, 8, false)]
    [InlineData(-23, 10, true)]
    public void Difference_of_rounding_alone_moves_nothing(int exponent, int ulps, bool moves)
    {
        using var parameter = new Parameter(zeros(5, float64));
        using var optimizer = optim.ARS([parameter], n_directions: 1, seed: 1);
        // The number after 1 is no float32, so the rewards count as float64.
        var other = exponent == -52 ? Math.BitIncrement(1.0) : 1.0;
        var report = optimizer.Update([other + ulps * Math.ScaleB(1, exponent)], [other]);
        Assert.Equal(moves, report.Sigma > 0);
        Assert.Equal(moves, report.UpdateNorm > 0);
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.Float64)]
    [InlineData(ScalarType.BFloat16)]
    public void Flat_objective_with_rounding_noise_leaves_the_parameters(ScalarType dtype)
    {
        using var parameter = new Parameter(ones([50], dtype));
        using var optimizer = optim.ARS([parameter], seed: 3);
        var before = Bits(parameter);
        for (var step = 0; step < 5; step++)
            optimizer.step(() => ((parameter * 1e-3).sum() * 0 + 0.1 * (1 + optimizer.Steps)).to(dtype) * (1 + 0 * parameter.sum())).Dispose();
        var unit = dtype switch { ScalarType.Float32 => 1.2e-7, ScalarType.Float64 => 2.2e-16, _ => 7.8e-3 };
        var k = 0;
        for (var step = 0; step < 5; step++)
            optimizer.step(() => tensor(0.9 + unit * (k++ % 3 - 1), ScalarType.Float64).to(dtype)).Dispose();
        Assert.Equal(before, Bits(parameter));
    }

    [Fact]
    public void Whole_numbers_as_rewards_are_no_rounding()
    {
        using var parameter = new Parameter(zeros(5));
        using var optimizer = optim.ARS([parameter], seed: 1, maximize: true);
        Assert.True(optimizer.step(p => p is { Direction: 3, Sign: 1 } ? 499 : 500).UpdateNorm > 0);
    }

    [Fact]
    public void Both_ends_of_a_direction_draw_the_same_dropout_mask_and_other_directions_others()
    {
        manual_seed(2);
        using var dropout = nn.Dropout(0.5);
        using var input = ones(64);
        using var parameter = new Parameter(zeros(1));
        using var optimizer = optim.ARS([parameter], n_directions: 3, seed: 9);
        var masks = new List<string>();
        optimizer.step(p => Draw(p.Sign));
        optimizer.step(p => Draw(p.Sign));
        for (var k = 0; k < masks.Count; k += 2) Assert.Equal(masks[k], masks[k + 1]);
        Assert.Equal(6, masks.Distinct().Count());

        optimizer.CommonRandomNumbers = false;
        masks.Clear();
        optimizer.step(p => Draw(p.Sign));
        Assert.Equal(6, masks.Distinct().Count());

        double Draw(double value)
        {
            masks.Add(string.Join("", dropout.forward(input).data<float>().ToArray()));
            return value;
        }
    }

    [Fact]
    public void Generator_continues_after_a_step_where_it_was_before()
    {
        using var parameter = new Parameter(zeros(1));
        using var optimizer = optim.ARS([parameter], n_directions: 2, seed: 9);
        manual_seed(5);
        var expected = rand(4).data<float>().ToArray();
        manual_seed(5);
        optimizer.step(p => p.Sign * rand(1).item<float>());
        Assert.Throws<TimeoutException>(() => optimizer.step(p => rand(1).item<float>() > 0 ? throw new TimeoutException() : 0));
        optimizer.Evaluate(new(1, 0, 1), _ => rand(1).item<float>());
        Assert.Equal(expected, rand(4).data<float>().ToArray());
    }

    [Fact]
    public void Evaluation_elsewhere_draws_what_it_would_draw_in_the_step()
    {
        using Parameter here = new(zeros(1)), there = new(zeros(1));
        using ARS one = optim.ARS([here], n_directions: 2, seed: 9), other = optim.ARS([there], n_directions: 2, seed: 9);
        var drawn = new List<double>();
        one.step(_ =>
        {
            drawn.Add(rand(1).ToDouble());
            return drawn[^1];
        });
        rand(100).Dispose();
        Assert.Equal(drawn[2], other.Evaluate(new(0, 1, 1), _ => rand(1).ToDouble()));
    }

    // A running mean with momentum 0.1 that starts at 0: one forward pass makes it 0.1 times the batch's mean, sixteen 0.81 times.
    [Fact]
    public void Batch_normalization_moves_once_a_step()
    {
        using var batch = 5 + arange(8).view(4, 2).to(float32);
        using BatchNorm1d norm = nn.BatchNorm1d(2), once = nn.BatchNorm1d(2);
        once.forward(batch).Dispose();
        using var optimizer = optim.ARS(norm.parameters(), seed: 1);
        optimizer.Buffers = [.. norm.buffers()];
        optimizer.step(() => norm.forward(batch).square().mean()).Dispose();
        Assert.Equal(Buffers(once), Buffers(norm));
    }

    [Fact]
    public void Replicas_leave_the_buffers_as_the_serial_step_does()
    {
        using var batch = 5 + arange(8).view(4, 2).to(float32);
        using BatchNorm1d serial = nn.BatchNorm1d(2), model = nn.BatchNorm1d(2);
        using ARS one = optim.ARS(serial.parameters(), seed: 1), other = optim.ARS(model.parameters(), seed: 1);
        (one.Buffers, other.Buffers) = ([.. serial.buffers()], [.. model.buffers()]);
        PerturbedReplica[] replicas = [.. Enumerable.Range(0, 3).Select(_ => Replica(nn.BatchNorm1d(2)))];
        for (var step = 0; step < 3; step++)
        {
            one.step(() => Loss(serial)).Dispose();
            Assert.Null(other.step(replicas).Failure);
            Assert.Equal(Buffers(serial), Buffers(model));
        }
        Assert.Equal(Bits(serial.weight!), Bits(model.weight!));

        PerturbedReplica Replica(BatchNorm1d copy) => new(other, copy.parameters(), () => Loss(copy)) { Buffers = [.. copy.buffers()] };

        // Depends on the weights, unlike what is normalized.
        Tensor Loss(BatchNorm1d norm) => (norm.forward(batch) - batch).square().mean();
    }

    [Fact]
    public void Evaluation_that_is_not_finite_and_a_step_that_throws_leave_no_trace_in_the_buffers()
    {
        using BatchNorm1d norm = nn.BatchNorm1d(2), once = nn.BatchNorm1d(2);
        using Tensor good = arange(8).view(4, 2).to(float32), bad = full([4, 2], float.PositiveInfinity);
        using var optimizer = optim.ARS(norm.parameters(), n_directions: 2, seed: 1);
        optimizer.Buffers = [.. norm.buffers()];
        var before = Buffers(norm);
        Assert.Throws<InvalidOperationException>(() => optimizer.step(() => norm.forward(bad).sum()));
        Assert.Equal(before, Buffers(norm));
        var calls = 0;
        Assert.Throws<TimeoutException>(() => optimizer.step(() => ++calls == 3 ? throw new TimeoutException() : norm.forward(good).sum()));
        Assert.Equal(before, Buffers(norm));
        optimizer.Evaluate(new(0, 0, 1), _ => norm.forward(good).sum().ToDouble());
        Assert.Equal(before, Buffers(norm));

        once.forward(good).Dispose();
        optimizer.step(p => norm.forward(p.Direction == 0 ? bad : good).sum().ToDouble() + p.Sign);
        Assert.Equal(Buffers(once), Buffers(norm));
    }

    // One direction: rewards ∓1, σ = 1, so the evaluations lie ±ν·δ around where the step begins.
    [Fact]
    public void Size_of_the_perturbations_can_be_scheduled()
    {
        using var parameter = new Parameter(zeros(4, float64));
        using var optimizer = optim.ARS([parameter], n_directions: 1, delta_std: 0.5, seed: 1);
        foreach (var size in new[] { 0.5, 0.25, 0.125 })
        {
            optimizer.DeltaStd = size;
            var (delta, step, start) = (new float[4], optimizer.Steps, parameter.data<double>().ToArray());
            GaussianNoise.Fill(delta, 1, step, 0);
            optimizer.step(p =>
            {
                Assert.Equal(start.Zip(delta).Select(pair => pair.First + p.Sign * size * pair.Second), parameter.data<double>().ToArray());
                return p.Sign;
            });
        }
    }

    [Fact]
    public void Number_of_best_directions_can_be_scheduled_and_is_saved()
    {
        using Parameter parameter = new(zeros(4, float64)), other = new(zeros(4, float64));
        using ARS optimizer = optim.ARS([parameter], n_directions: 3, seed: 1), fewer = optim.ARS([other], n_directions: 3, top_directions: 1, seed: 1);
        optimizer.TopDirections = 1;
        Assert.Equal(fewer.Update([1, 2, 3], [4, 4, 9]), optimizer.Update([1, 2, 3], [4, 4, 9]));
        Assert.Equal(other.data<double>().ToArray(), parameter.data<double>().ToArray());

        using var restored = optim.ARS([other], n_directions: 3, seed: 1);
        restored.load_state_dict(optimizer.state_dict());
        Assert.Equal(1, restored.TopDirections);
    }

    [Fact]
    public void Scheduled_value_out_of_range_is_named_and_changes_nothing()
    {
        using var parameter = new Parameter(zeros(4));
        using var optimizer = optim.ARS([parameter], n_directions: 3, seed: 1);
        Assert.Throws<ArgumentOutOfRangeException>("delta_std", () => optimizer.DeltaStd = 0);
        Assert.Throws<ArgumentOutOfRangeException>("delta_std", () => optimizer.DeltaStd = double.NaN);
        Assert.Throws<ArgumentOutOfRangeException>("top_directions", () => optimizer.TopDirections = 4);
        Assert.Throws<ArgumentOutOfRangeException>("top_directions", () => optimizer.TopDirections = 0);
        Assert.Equal((0.03, 3), (optimizer.DeltaStd, optimizer.TopDirections));

        ((ARS.Options)((ParamGroup)optimizer.ParamGroups.Single()).Options).delta_std = -1;
        Assert.Throws<ArgumentOutOfRangeException>("delta_std", () => optimizer.step(_ => throw new InvalidOperationException("not reached")));
    }

    private static Parameter[] Three() => [.. new long[] { 300, 5, 7 }.Select(length => new Parameter(linspace(-1, 2, length)))];

    private static byte[] Bits(Tensor tensor) => tensor.detach().bytes.ToArray();

    private static byte[][] Buffers(nn.Module module) => [.. module.buffers().Select(Bits)];
}
