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
}
