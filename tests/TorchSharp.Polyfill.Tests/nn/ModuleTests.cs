using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TorchSharpPolyfill.Tests;

public sealed class ModuleTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();

    public void Dispose() => scope.Dispose();

    private sealed class Net : Module<Tensor, Tensor>
    {
        private readonly Module<Tensor, Tensor> first = Linear(3, 4);
        private readonly BatchNorm1d norm = BatchNorm1d(4);
        private readonly ModuleList<Module<Tensor, Tensor>> rest = ModuleList<Module<Tensor, Tensor>>(ReLU(), Linear(4, 1, hasBias: false));
        [ComponentName(Name = "gain")]
        private readonly Parameter factor = Parameter(ones(1));
        private readonly Tensor offset = zeros(1);

        internal Net() : base(nameof(Net)) => RegisterComponents();

        internal Parameter Factor => factor;
        internal Tensor Offset => offset;

        public override Tensor forward(Tensor input) => rest.Aggregate(norm.call(first.call(input)), (x, next) => next.call(x)) * factor + offset;
    }

    private static readonly string[] parameterNames = ["gain", "first.weight", "first.bias", "norm.weight", "norm.bias", "rest.1.weight"];
    private static readonly string[] bufferNames = ["offset", "norm.running_mean", "norm.running_var", "norm.num_batches_tracked"];

    [Fact]
    public void Fields_register_under_their_names()
    {
        var net = new Net();
        Assert.Equal("Net", net.GetName());
        Assert.Equal(parameterNames, net.named_parameters().Select(entry => entry.name));
        Assert.Equal(["gain"], net.named_parameters(recurse: false).Select(entry => entry.name));
        Assert.Equal(bufferNames, net.named_buffers().Select(entry => entry.name));
        Assert.Equal(["first", "norm", "rest"], net.named_children().Select(entry => entry.name));
        Assert.Equal(["first", "norm", "rest", "rest.0", "rest.1"], net.named_modules().Select(entry => entry.name));
        Assert.Equal([4, 3], net.get_parameter("first.weight")!.shape);
        Assert.True(net.has_buffer("norm.running_var"));
        Assert.False(net.has_parameter("norm.running_var"));
        Assert.Null(net.get_parameter("second.weight"));
    }

    [Fact]
    public void Registration_refuses_what_TorchSharp_refuses()
    {
        var net = new Net();
        Assert.Throws<InvalidOperationException>(() => net.register_parameter("gain", net.Factor));
        Assert.Throws<InvalidOperationException>(() => net.register_buffer("offset", net.Offset));
        Assert.Throws<InvalidOperationException>(() => net.register_module("first", ReLU()));
        Assert.Throws<ArgumentException>(() => net.register_module("a.b", ReLU()));
        Assert.Throws<InvalidOperationException>(() => ReLU().register_parameter("gain", net.Factor));
    }

    [Fact]
    public void Shared_tensors_are_listed_once()
    {
        var layer = Linear(2, 2);
        Assert.Equal(["0.weight", "0.bias"], Sequential(layer, layer).named_parameters().Select(entry => entry.name));
    }

    [Fact]
    public void Training_mode_reaches_every_module()
    {
        var net = new Net();
        Assert.All(net.modules(), module => Assert.True(module.training));
        net.eval();
        Assert.All(net.modules().Append(net), module => Assert.False(module.training));
        net.train();
        Assert.All(net.modules().Append(net), module => Assert.True(module.training));
    }

    [Fact]
    public void Dropout_is_active_in_training_only()
    {
        var (dropout, x) = (Dropout(0.5), ones(1000));
        Assert.InRange(dropout.call(x).eq(0).sum().ToInt32(), 400, 600);
        dropout.eval();
        Assert.Equal(1000, dropout.call(x).eq(1).sum().ToInt32());
    }

    [Fact]
    public void Apply_visits_children_before_their_parent()
    {
        var names = new List<string>();
        new Net().apply(module => names.Add(module.GetName()));
        Assert.Equal(["Linear", "BatchNorm1d", "ReLU", "Linear", "ModuleList", "Net"], names);
    }

    [Fact]
    public void Hooks_run_around_call_and_may_replace_input_and_result()
    {
        var relu = ReLU();
        var before = relu.register_forward_pre_hook((_, x) => x + 1);
        var after = relu.register_forward_hook((_, x, y) => x + y);
        Assert.Equal(4, relu.call(tensor(1.0)).ToDouble());
        Assert.Equal(1, relu.forward(tensor(1.0)).ToDouble());
        before.remove();
        after.remove();
        Assert.Equal(1, relu.call(tensor(1.0)).ToDouble());
    }

    [Fact]
    public void Conversion_replaces_tensors_in_registry_and_fields_and_keeps_gradients()
    {
        var net = new Net();
        net.call(rand(5, 3)).sum().backward();
        using var before = net.Factor.grad!.clone();
        var converted = net.to(ScalarType.Float64);
        Assert.Same(net, converted);
        Assert.Equal(parameterNames, net.named_parameters().Select(entry => entry.name));
        Assert.All(net.parameters(), parameter => Assert.Equal(ScalarType.Float64, parameter.dtype));
        Assert.All(net.parameters(), parameter => Assert.True(parameter is { requires_grad: true, is_leaf: true }));
        Assert.Same(net.get_parameter("gain"), net.Factor);
        Assert.Same(net.get_buffer("offset"), net.Offset);
        Assert.Equal(before.ToDouble(), net.Factor.grad!.ToDouble());
        Assert.Equal(ScalarType.Int64, net.get_buffer("norm.num_batches_tracked")!.dtype);
        Assert.Equal(ScalarType.Float64, net.call(rand(5, 3, ScalarType.Float64)).dtype);
        Assert.Same(net.Factor, net.to(ScalarType.Float64).cpu().Factor);
        Assert.Throws<ArgumentException>(() => net.to(ScalarType.Int64));
        Assert.Throws<InvalidOperationException>(() => net.cuda());
    }

    [Fact]
    public void Zero_grad_clears_or_zeroes()
    {
        var net = new Net();
        net.call(rand(5, 3)).sum().backward();
        net.zero_grad(set_to_none: false);
        Assert.All(net.parameters(), parameter => Assert.Equal(0, parameter.grad!.abs().sum().ToDouble()));
        net.zero_grad();
        Assert.All(net.parameters(), parameter => Assert.Null(parameter.grad));
    }

    [Fact]
    public void Parameters_outlive_the_scope_they_were_made_in_and_die_with_their_module()
    {
        Sequential net;
        using (NewDisposeScope()) net = Sequential(Linear(2, 3), BatchNorm1d(3));
        Tensor[] tensors = [.. net.state_dict().Values];
        Assert.All(tensors, tensor => Assert.False(tensor.IsInvalid));
        net.Dispose();
        net.Dispose();
        Assert.All(tensors, tensor => Assert.True(tensor.IsInvalid));
    }

    [Fact]
    public void A_training_module_leaves_no_tensor_behind()
    {
        var before = LifetimeTests.Live();
        using (NewDisposeScope())
        using (var net = new Net())
            for (var k = 0; k < 3; k++)
                using (NewDisposeScope())
                {
                    net.call(rand(5, 3)).sum().backward();
                    net.to(k % 2 == 0 ? ScalarType.Float64 : ScalarType.Float32).to(ScalarType.Float32).zero_grad();
                }
        Assert.Equal(before, Tensor.TotalCount);
    }

    [Fact]
    public void A_parameter_takes_over_its_tensor()
    {
        var data = ones(2);
        var handle = data.Handle;
        var parameter = new Parameter(data, requires_grad: false);
        Assert.Equal(handle, parameter.Handle);
        Assert.True(data.IsInvalid);
        Assert.False(parameter.requires_grad);
        Assert.True(scope.Contains(parameter));
        Assert.False(scope.Contains(data));
    }

    [Fact]
    public void Sequential_is_built_in_every_form()
    {
        var (relu, linear) = (ReLU(), Linear(2, 2));
        Assert.Equal(["0", "1"], Names(Sequential(relu, linear)));
        Assert.Equal(["0", "1"], Names(Sequential(new List<Module<Tensor, Tensor>> { relu, linear })));
        Assert.Equal(["a", "b"], Names(Sequential(("a", relu), ("b", linear))));
        Assert.Equal(["a", "b"], Names(Sequential(new Tuple<string, Module<Tensor, Tensor>>("a", relu), new("b", linear))));
        var appended = Sequential().append(relu).append("b", linear);
        Assert.Equal(["0", "b"], Names(appended));
        Assert.Equal(2, appended.Count);
        Assert.Same(linear, appended[1]);

        static IEnumerable<string> Names(Sequential net) => net.named_children().Select(entry => entry.name);
    }

    [Fact]
    public void Batch_norm_without_momentum_averages_all_batches_alike()
    {
        var norm = BatchNorm1d(1);
        norm.momentum = null;
        norm.call(tensor(new float[] { 0, 2 }, [2, 1]));
        norm.call(tensor(new float[] { 3, 5 }, [2, 1]));
        Assert.Equal((1 + 4) / 2.0, norm.running_mean!.ToDouble(), 6);
    }

    [Fact]
    public void Wrong_input_is_an_exception()
    {
        Assert.Throws<System.Runtime.InteropServices.ExternalException>(() => Linear(3, 2).call(ones(2, 4)));
        Assert.Throws<ArgumentException>(() => Conv2d(3, 2, 1).call(ones(1, 4, 5, 5)));
        Assert.Throws<ArgumentException>(() => BatchNorm2d(3).call(ones(1, 3)));
        Assert.Throws<ArgumentException>(() => functional.one_hot(ones(2)));
    }

    [Fact]
    public void A_network_learns_xor()
    {
        manual_seed(1);
        using var net = Sequential(Linear(2, 8), Tanh(), Linear(8, 1));
        var (x, y) = (tensor(new float[] { 0, 0, 0, 1, 1, 0, 1, 1 }, [4, 2]), tensor(new float[] { 0, 1, 1, 0 }, [4, 1]));
        var loss = BCEWithLogitsLoss();
        double Step()
        {
            net.zero_grad();
            using var value = loss.call(net.call(x), y);
            value.backward();
            using var quiet = no_grad();
            foreach (var parameter in net.parameters()) parameter.sub_(parameter.grad!);
            return value.ToDouble();
        }
        var first = Step();
        for (var k = 0; k < 300; k++) Step();
        Assert.InRange(Step(), 0, 0.05 * first);
    }
}
