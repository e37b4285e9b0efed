using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.Tests.Precision;

public sealed class GradScalerTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();

    public void Dispose() => scope.Dispose();

    private static Parameter Make(params float[] values) => new(tensor(values));

    private static optim.Optimizer Optimizer(bool fused, Parameter parameter) => fused ? optim.fused.Adam([parameter], 0.1) : optim.Adam([parameter], 0.1);

    [Theory, InlineData(true), InlineData(false)]
    public void A_scaled_step_is_the_plain_step_bit_by_bit(bool fused)
    {
        var (scaled, plain) = (Make(1, -2, 3), Make(1, -2, 3));
        var (first, second) = (Optimizer(fused, scaled), Optimizer(fused, plain));
        var scaler = new GradScaler();
        for (var k = 0; k < 5; k++)
        {
            first.zero_grad();
            scaler.scale(scaled.pow(2).sum()).backward();
            scaler.step(first);
            scaler.update();
            second.zero_grad();
            plain.pow(2).sum().backward();
            second.step();
        }
        Assert.Equal(plain.data<float>().ToArray(), scaled.data<float>().ToArray());
        Assert.NotEqual(1, plain[0].item<float>());
    }

    [Theory, InlineData(true), InlineData(false)]
    public void A_step_with_an_infinite_gradient_is_left_out_and_the_scale_halved_and_it_doubles_after_good_ones(bool fused)
    {
        var parameter = Make(1, 2);
        var optimizer = Optimizer(fused, parameter);
        var scaler = new GradScaler(init_scale: 8, growth_interval: 2);
        double[] expected = [4, 4, 8, 8, 16];
        for (var k = 0; k < expected.Length; k++)
        {
            optimizer.zero_grad();
            scaler.scale(parameter.sum() * (k == 0 ? float.PositiveInfinity : 1)).backward();
            var before = parameter.data<float>().ToArray();
            scaler.step(optimizer);
            scaler.update();
            Assert.Equal(expected[k], scaler.get_scale());
            Assert.Equal(k == 0, before.SequenceEqual(parameter.data<float>().ToArray()));
        }
    }

    [Theory, InlineData(true), InlineData(false)]
    public void A_clipped_step_has_the_bits_of_separate_calls(bool fused)
    {
        var (one, separate) = (Make(3, -4, 12), Make(3, -4, 12));
        var (first, second) = (Optimizer(fused, one), Optimizer(fused, separate));
        var scaler = new GradScaler(init_scale: 1024);
        scaler.scale(one.pow(2).sum()).backward();
        var norm = scaler.step(first, max_norm: 1);
        var other = new GradScaler(init_scale: 1024);
        other.scale(separate.pow(2).sum()).backward();
        other.unscale_(second);
        Assert.Equal([6f, -8, 24], separate.grad!.data<float>().ToArray());
        Assert.Equal(norm, second.clip_grad_norm_(1));
        other.step(second);
        Assert.Equal(26, norm, 1e-9);
        Assert.Equal(separate.data<float>().ToArray(), one.data<float>().ToArray());
    }

    [Fact]
    public void Calls_out_of_order_are_errors_as_in_PyTorch()
    {
        var parameter = Make(1);
        var optimizer = Optimizer(true, parameter);
        var scaler = new GradScaler();
        Assert.Contains("_scale is None", Assert.Throws<InvalidOperationException>(() => scaler.step(optimizer)).Message, StringComparison.Ordinal);
        Assert.Contains("_scale is None", Assert.Throws<InvalidOperationException>(() => scaler.unscale_(optimizer)).Message, StringComparison.Ordinal);
        Assert.Contains("_scale is None", Assert.Throws<InvalidOperationException>(() => scaler.update()).Message, StringComparison.Ordinal);
        scaler.scale(parameter.sum()).backward();
        Assert.Contains("prior to update", Assert.Throws<InvalidOperationException>(() => scaler.update()).Message, StringComparison.Ordinal);
        scaler.unscale_(optimizer);
        Assert.Contains("already been called", Assert.Throws<InvalidOperationException>(() => scaler.unscale_(optimizer)).Message, StringComparison.Ordinal);
        scaler.step(optimizer);
        Assert.Contains("already been called", Assert.Throws<InvalidOperationException>(() => scaler.step(optimizer)).Message, StringComparison.Ordinal);
        Assert.Contains("after step()", Assert.Throws<InvalidOperationException>(() => scaler.unscale_(optimizer)).Message, StringComparison.Ordinal);
        Assert.Throws<NotSupportedException>(() => scaler.step(optim.ArmijoGD([Make(1)])));
    }

    [Fact]
    public void The_state_has_PyTorchs_names_and_loads()
    {
        var scaler = new GradScaler(init_scale: 4, growth_interval: 7);
        var state = scaler.state_dict();
        Assert.Equal(["scale", "growth_factor", "backoff_factor", "growth_interval", "_growth_tracker"], state.Keys);
        var other = new GradScaler();
        other.load_state_dict(state);
        Assert.Equal((4.0, 7), (other.get_scale(), other.get_growth_interval()));
        Assert.Throws<InvalidOperationException>(() => other.load_state_dict(new Dictionary<string, object>()));
    }

    [Fact]
    public void Clipping_follows_its_definition_and_refuses_what_is_not_finite()
    {
        var (first, second) = (Make(0, 0), Make(0));
        var optimizer = optim.SGD([first, second], 1);
        (first * tensor([3f, 4])).sum().add(second * 12).sum().backward();
        Assert.Equal(13, optimizer.clip_grad_norm_(6.5), 1e-9);
        Assert.Equal(1.5, first.grad![0].item<float>(), 1e-6);
        Assert.Equal(6, optimizer.clip_grad_norm_(100, double.PositiveInfinity), 1e-5);
        optimizer.clip_grad_value_(1.75);
        Assert.Equal(1.75f, second.grad![0].item<float>());
        second.grad!.fill_(float.NaN);
        Assert.Throws<InvalidOperationException>(() => optimizer.clip_grad_norm_(1, error_if_nonfinite: true));
        Assert.True(double.IsNaN(optimizer.clip_grad_norm_(1)));
        Assert.True(float.IsNaN(first.grad![0].item<float>()));
    }

    // The gradient of an embedding has a value for each time that a word stands in the batch.
    [Theory, InlineData(true), InlineData(false)]
    public void The_norm_of_a_sparse_gradient_is_that_of_the_sums_for_one_place(bool fused)
    {
        var parameter = new Parameter(ones(2, 1));
        optim.Optimizer optimizer = fused ? optim.fused.SGD([parameter], 1) : optim.SGD([parameter], 1);
        parameter.grad = sparse_coo_tensor(tensor([0L, 0], [1, 2]), tensor([3f, 4]).reshape(2, 1), [2, 1]);
        Assert.Equal(7, optimizer.clip_grad_norm_(100), 1e-6);
        Assert.Equal(7, optimizer.clip_grad_norm_(100, norm_type: 1), 1e-6);
        optimizer.clip_grad_value_(3.5);
        Assert.Equal([3.5f, 0], parameter.grad!.to_dense().data<float>().ToArray());
        Assert.Equal(3.5, optimizer.clipped_step(0.35), 1e-6);
        Assert.Equal(0.65, parameter[0].item<float>(), 1e-6);
        Assert.Equal(1, parameter[1].item<float>());
    }

    // As in PyTorch, whose factor has the precision of the norm.
    [Theory, InlineData(true), InlineData(false)]
    public void Gradients_of_float64_are_clipped_in_float64(bool fused)
    {
        var parameter = new Parameter(zeros(2, ScalarType.Float64)) { grad = full(2, 3, dtype: ScalarType.Float64) };
        optim.Optimizer optimizer = fused ? optim.fused.SGD([parameter], 1) : optim.SGD([parameter], 1);
        optimizer.clipped_step(0.7);
        Assert.Equal(-0.49497463016394405, parameter[0].item<double>(), 1e-16);     // torch.nn.utils.clip_grad_norm_ of PyTorch 1.13
    }

    [Theory, InlineData(1), InlineData(0.5), InlineData(3), InlineData(100), InlineData(1000)]
    public void Any_power_gives_its_norm_within_float64s_range(double p)
    {
        var parameter = new Parameter(ones(2)) { grad = tensor([1e5f, 1e5f]) };
        var optimizer = optim.SGD([parameter], 1);
        Assert.Equal(1e5 * Math.Pow(2, 1 / p), optimizer.clip_grad_norm_(1, p), 1e-6);
        Assert.Equal(Math.Pow(2, -1 / p), parameter.grad[0].item<float>(), 1e-6);
        parameter.grad!.mul_(1e-10);
        Assert.Equal(1e-10, optimizer.clip_grad_norm_(1, p), 1e-16);
    }

    [Theory, InlineData(1e6), InlineData(double.MaxValue), InlineData(double.PositiveInfinity)]
    public void A_value_beyond_the_range_of_a_type_clips_nothing_of_it(double value)
    {
        var (single, half) = (Make(1, 2), new Parameter(ones(2, ScalarType.Float16)));
        (single.grad, half.grad) = (tensor([1f, 2]), tensor([3f, float.PositiveInfinity]).to_type(ScalarType.Float16));
        optim.SGD([single, half], 1).clip_grad_value_(value);
        Assert.Equal([1f, 2], single.grad.data<float>().ToArray());
        Assert.Equal([3f, float.PositiveInfinity], half.grad.to_type(ScalarType.Float32).data<float>().ToArray());
    }

    [Fact]
    public void Complex_gradients_are_unscaled_and_clipped_by_norm_and_refused_by_value_before_any_changes()
    {
        var (real, complex) = (Make(1), new Parameter(ones(1, ScalarType.ComplexFloat32)));
        (real.grad, complex.grad) = (tensor([8f]), tensor([8f]).to_type(ScalarType.ComplexFloat32));
        var optimizer = optim.SGD([real, complex], 1);
        Assert.Contains("by norm", Assert.Throws<InvalidOperationException>(() => optimizer.clip_grad_value_(2)).Message, StringComparison.Ordinal);
        Assert.Equal(8, real.grad.item<float>());
        var scaler = new GradScaler(init_scale: 2);
        scaler.scale(ones(1));
        scaler.unscale_(optimizer);
        Assert.Equal((4f, 4f), (real.grad.item<float>(), complex.grad.real.item<float>()));
        Assert.Equal(Math.Sqrt(32), optimizer.clip_grad_norm_(100), 1e-6);
    }

    [Theory, InlineData(true), InlineData(false)]
    public void Two_optimizers_are_stepped_or_left_out_each_by_itself_and_share_the_scale(bool fused)
    {
        var (good, bad) = (Make(1), Make(1));
        var (first, second) = (Optimizer(fused, good), Optimizer(fused, bad));
        var scaler = new GradScaler(init_scale: 8);
        foreach (var loss in scaler.scale([good.sum(), bad.sum() * float.PositiveInfinity])) loss.backward();
        scaler.step(first);
        scaler.step(second);
        Assert.Equal(0.9, good.item<float>(), 1e-6);
        Assert.Equal(1, bad.item<float>());
        scaler.update();
        Assert.Equal(4, scaler.get_scale());
    }

    [Theory, InlineData(true), InlineData(false)]
    public void An_optimizer_without_gradients_is_an_error_of_its_own(bool fused)
    {
        var scaler = new GradScaler();
        scaler.scale(ones(1));
        var optimizer = Optimizer(fused, Make(1));
        Assert.Contains("No inf checks", Assert.Throws<InvalidOperationException>(() => scaler.step(optimizer)).Message, StringComparison.Ordinal);
        Assert.Equal(0, optimizer.clip_grad_norm_(1, error_if_nonfinite: true));
        Assert.Equal(0, optimizer.clip_grad_norm_(1, double.PositiveInfinity));
    }

    [Fact]
    public void The_scale_stays_where_it_would_become_infinite()
    {
        var parameter = Make(0);
        var optimizer = Optimizer(true, parameter);
        var scaler = new GradScaler(init_scale: Math.ScaleB(1, 126), growth_interval: 1);
        for (var k = 0; k < 3; k++)
        {
            optimizer.zero_grad();
            scaler.scale(parameter.sum()).backward();
            scaler.step(optimizer);
            scaler.update();
        }
        Assert.Equal(Math.ScaleB(1, 127), scaler.get_scale());
    }

    [Theory, InlineData(true), InlineData(false)]
    public void A_scale_that_has_fallen_to_nothing_is_an_error_before_anything_is_changed(bool fused)
    {
        var parameter = Make(1);
        var optimizer = Optimizer(fused, parameter);
        var scaler = new GradScaler(init_scale: 1e-37, backoff_factor: 0.01);
        parameter.grad = tensor([float.NaN]);
        scaler.scale(parameter.sum());
        scaler.step(optimizer);
        scaler.update();
        parameter.grad = tensor([1f]);
        Assert.Contains("update(new_scale)", Assert.Throws<InvalidOperationException>(() => scaler.step(optimizer)).Message, StringComparison.Ordinal);
        Assert.Equal((1f, 1f), (parameter.item<float>(), parameter.grad.item<float>()));
        scaler.update(1);
        scaler.step(optimizer);
        Assert.Equal(0.9, parameter.item<float>(), 1e-6);
    }

    [Fact]
    public void Numbers_out_of_range_are_named_where_they_enter()
    {
        foreach (var value in new[] { 0, -1, double.NaN, double.PositiveInfinity, 1e300 })
        {
            Assert.Equal("init_scale", Assert.Throws<ArgumentOutOfRangeException>(() => new GradScaler(value)).ParamName);
            var scaler = new GradScaler();
            scaler.scale(ones(1));
            Assert.Equal("new_scale", Assert.Throws<ArgumentOutOfRangeException>(() => scaler.update(value)).ParamName);
            Assert.Equal("new_factor", Assert.Throws<ArgumentOutOfRangeException>(() => scaler.set_growth_factor(value)).ParamName);
            Assert.Equal("new_factor", Assert.Throws<ArgumentOutOfRangeException>(() => scaler.set_backoff_factor(value)).ParamName);
            Assert.Equal(65536, scaler.get_scale());
        }
        Assert.Equal("growth_factor", Assert.Throws<ArgumentOutOfRangeException>(() => new GradScaler(growth_factor: 1)).ParamName);
        foreach (var value in new[] { 0, 1, -0.5, double.NaN })
            Assert.Equal("backoff_factor", Assert.Throws<ArgumentOutOfRangeException>(() => new GradScaler(backoff_factor: value)).ParamName);
        _ = new GradScaler(0, 0, 9, enabled: false);
    }

    [Theory]
    [InlineData("scale", "much"), InlineData("scale", double.NaN), InlineData("scale", 0.0), InlineData("growth_factor", true)]
    [InlineData("growth_interval", 1.5), InlineData("_growth_tracker", 1e20), InlineData("backoff_factor", null)]
    public void A_state_with_a_wrong_value_is_named_and_changes_nothing(string name, object? value)
    {
        var scaler = new GradScaler(init_scale: 4);
        var state = new GradScaler(init_scale: 8, growth_interval: 5).state_dict();
        state[name] = value!;
        Assert.Contains($"'{name}'", Assert.Throws<ArgumentException>(() => scaler.load_state_dict(state)).Message, StringComparison.Ordinal);
        Assert.Equal((4.0, 2000), (scaler.get_scale(), scaler.get_growth_interval()));
    }

    [Fact]
    public void The_state_is_a_part_of_PyTorchs_file()
    {
        var path = Path.GetTempFileName();
        using var model = nn.Linear(1, 1);
        PyTorchCheckpoint.Save(path, model, values: new() { ["scaler"] = new GradScaler(init_scale: 4, growth_interval: 7).state_dict() });
        var scaler = new GradScaler();
        scaler.load_state_dict((TorchOptimExt.PyTorch.PyTorchDictionary)PyTorchCheckpoint.Load(path, model).Values["scaler"]!);
        Assert.Equal((4.0, 7), (scaler.get_scale(), scaler.get_growth_interval()));
        File.Delete(path);
    }
}
