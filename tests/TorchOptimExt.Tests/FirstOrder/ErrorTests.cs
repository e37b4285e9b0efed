using References;
using TorchOptimExt.FirstOrder;
using TorchOptimExt.LineSearch;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.Tests.FirstOrder;

/// <summary>Mistakes are named where they enter, before anything is changed.</summary>
public class ErrorTests
{
    private static readonly double[] NeverInRange = [double.NaN, double.PositiveInfinity, double.NegativeInfinity];

    public static TheoryData<string> All => FirstOrderOptimizer.Names;
    public static TheoryData<string> Own => [.. FirstOrderOptimizer.All.Where(o => !o.IsTorchSharps).Select(o => o.Name)];

    public static TheoryData<string, string, double> OutOfRange
    {
        get
        {
            var table = new TheoryData<string, string, double>();
            Add(["EwmaMomentum", "RpropMinus", "RpropPlus", "IRpropPlus"], "lr", -1e-9);
            Add(["EwmaMomentum"], "beta", -1e-9, 1, 2);
            Add(["RpropMinus", "RpropPlus", "IRpropPlus"], "etaminus", 0, 1, -1);
            Add(["RpropMinus", "RpropPlus", "IRpropPlus"], "etaplus", 1, 0.5);
            Add(["RpropMinus", "RpropPlus", "IRpropPlus"], "min_step", 0, -1, 51);
            Add(["RpropMinus", "RpropPlus", "IRpropPlus"], "max_step", 0, -1);
            return table;

            void Add(string[] optimizers, string name, params double[] values)
            {
                foreach (var optimizer in optimizers)
                    foreach (var value in values.Concat(NeverInRange)) table.Add(optimizer, name, value);
            }
        }
    }

    [Theory]
    [MemberData(nameof(OutOfRange))]
    public void A_hyperparameter_out_of_range_is_refused_with_its_name_and_value(string optimizer, string name, double value)
    {
        using var scope = NewDisposeScope();
        List<Parameter> parameters = [new(ones(2))];
        foreach (var grouped in (bool[])[false, true])
        {
            var error = Assert.Throws<ArgumentOutOfRangeException>(() => Make(optimizer, parameters, name, value, grouped));
            Assert.Equal(name, error.ParamName);
            Assert.Equal(value, error.ActualValue);
            Assert.Contains("must be", error.Message);
        }
    }

    [Theory]
    [MemberData(nameof(Own))]
    public void Parameters_that_cannot_be_optimized_are_refused(string optimizer)
    {
        using var scope = NewDisposeScope();
        var memory = zeros(10);
        var (first, second, leaf) = (new Parameter(memory.narrow(0, 0, 6)), new Parameter(memory.narrow(0, 5, 5)), new Parameter(ones(3)));
        Refused("empty");
        Refused("null", leaf, null!);
        Refused("parameter 1 of shape [3] is given twice", leaf, leaf);
        Refused("parameter 0 of shape [6] and parameter 2 of shape [5] share memory", first, leaf, second);
        Refused("parameter 1 of shape [2] is Int64", leaf, new Parameter(ones([2], int64), requires_grad: false));
        Refused("Complex", new Parameter(zeros([2], ScalarType.ComplexFloat32)));

        void Refused(string why, params Parameter[] parameters) =>
            Assert.Contains(why, Assert.Throws<ArgumentException>(() => Make(optimizer, parameters)).Message);
    }

    [Fact]
    public void Lists_that_are_null_are_named()
    {
        IEnumerable<Parameter> list = null!;
        IEnumerable<(string, Parameter)> named = null!;
        Refused(() => optim.EwmaMomentum(list, 0.1), () => optim.EwmaMomentum(named, 0.1), () => optim.EwmaMomentum((IEnumerable<EwmaMomentum.ParamGroup>)null!, 0.1));
        Refused(() => optim.ArmijoGD(list), () => optim.ArmijoGD(named), () => optim.ArmijoGD((IEnumerable<ArmijoGD.ParamGroup>)null!));
        Refused(() => optim.RpropPlus(list), () => optim.RpropPlus(named), () => optim.RpropPlus((IEnumerable<RpropPlus.ParamGroup>)null!));
        Refused(() => optim.fused.SGD(list, 0.1), () => optim.fused.SGD(named, 0.1), () => optim.fused.SGD((IEnumerable<SGD.ParamGroup>)null!, 0.1));
        Refused(() => new EwmaMomentum.ParamGroup(null!), () => new ArmijoGD.ParamGroup(null!));
        using var scope = NewDisposeScope();
        using var fused = optim.fused.Adam([new Parameter(ones(2))]);
        Assert.Throws<ArgumentNullException>("param_group", () => fused.add_param_group(null!));
        GC.Collect();
        GC.WaitForPendingFinalizers();      // one that fails ends the process

        static void Refused(params Func<object>[] makers) => Assert.All(makers, make => Assert.Throws<ArgumentNullException>("parameters", make));
    }

    [Fact]
    public void Options_of_another_optimizer_are_refused_and_stay_as_they_are()
    {
        using var scope = NewDisposeScope();
        Parameter first = new(ones(2)), second = new(ones(2));
        var options = new RpropMinus.Options { etaplus = 1.5 };
        using var other = optim.RpropMinus([second], lr: 0.3);
        using (var owner = optim.RpropMinus([new RpropMinus.ParamGroup([first], options)], lr: 0.1))
        {
            var error = Assert.Throws<ArgumentException>(() => other.add_param_group(new RpropMinus.ParamGroup([first], options)));
            Assert.Contains("options", error.Message);
            Assert.Single(other.ParamGroups);
            Assert.Equal((0.1, 1.5), (options.LearningRate, options.etaplus));
            first.grad = ones(2);
            owner.step();
            Assert.Equal(0.9f, first[0].item<float>());
        }
        other.add_param_group(new RpropMinus.ParamGroup([first], options));      // free again
    }

    [Fact]
    public void Options_of_an_optimizer_that_was_not_made_are_free_for_another()
    {
        using var scope = NewDisposeScope();
        Parameter first = new(ones(2)), second = new(ones(2));
        RpropMinus.ParamGroup right = new([first], new RpropMinus.Options()), wrong = new([first], new RpropMinus.Options());
        Assert.Throws<ArgumentException>(() => optim.RpropMinus([right, wrong]));
        using var optimizer = optim.RpropMinus([right, new RpropMinus.ParamGroup([second], new RpropMinus.Options())]);
        Assert.Equal(2, optimizer.ParamGroups.Count());
    }

    [Fact]
    public void A_group_whose_state_cannot_be_made_leaves_nothing_behind()
    {
        var (first, second, third) = (new Parameter(ones(2)), new Parameter(ones(3)), new Parameter(ones(4)));
        using var optimizer = new FailingFor(3, [first]);
        var alive = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        var group = new RpropMinus.ParamGroup([third, second], new RpropMinus.Options());
        Assert.Throws<TimeoutException>(() => optimizer.add_param_group(group));
        Assert.Equal(alive, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        Assert.Single(optimizer.ParamGroups);
        Assert.Single(optimizer.state_dict().State);
        optimizer.add_param_group(new RpropMinus.ParamGroup([third], new RpropMinus.Options()));
        Assert.Equal(2, optimizer.state_dict().State.Count);
    }

    /// <summary>Makes no state for parameters of so many elements.</summary>
    private sealed class FailingFor : TorchOptimExt.Stepping.ElementwiseOptimizer<RpropMinus.Options, RpropMinusRule>
    {
        private readonly long elements;

        public FailingFor(long elements, IEnumerable<Parameter> parameters) : base(new RpropMinus.Options { LearningRate = 0.1, etaminus = 0.5, etaplus = 1.2, min_step = 1e-6, max_step = 50, maximize = false })
        {
            this.elements = elements;
            AddGroup<RpropMinus.Options>(parameters);
        }

        protected override (double[] numbers, Tensor[] tensors) InitialState(Parameter parameter, OptimizerOptions options) =>
            parameter.NumberOfElements == elements ? throw new TimeoutException() : ([], [zeros(parameter.shape), ones(parameter.shape)]);

        protected override RpropMinusRule Rule(RpropMinus.Options options, TorchOptimExt.Parameters.TensorState state) => new(0.5, 1.2, 1e-6, 50, false);
    }

    [Theory]
    [MemberData(nameof(Own))]
    public void A_group_that_does_not_fit_is_refused_and_nothing_is_added(string optimizer)
    {
        using var scope = NewDisposeScope();
        var (memory, other) = (zeros(10), new Parameter(ones(3)));
        var parameter = new Parameter(memory.narrow(0, 0, 6));
        using var made = Make(optimizer, [parameter]);
        Assert.Throws<ArgumentException>(() => made.add_param_group(new ParamGroup { Parameters = [parameter] }));
        Assert.Throws<ArgumentException>(() => made.add_param_group(new ParamGroup { Parameters = [other, new Parameter(memory.narrow(0, 2, 2))] }));
        Assert.Throws<ArgumentException>(() => made.add_param_group(new Adam.ParamGroup { Parameters = [other], Options = new() }));
        Assert.Throws<ArgumentOutOfRangeException>(() => made.add_param_group(FirstOrderOptimizer.Group(made, [other], lr: -1)));
        Assert.Single(made.ParamGroups);
        Assert.Single(made.parameters());
        made.add_param_group(FirstOrderOptimizer.Group(made, [other], lr: 0.5));
        Assert.Equal([0.1, 0.5], made.ParamGroups.Select(g => g.LearningRate));
    }

    // TorchSharp's classes accept more than they should; what they accept goes their way.
    [Fact]
    public void Fused_optimizers_accept_what_TorchSharp_s_accept()
    {
        using var scope = NewDisposeScope();
        var (ours, theirs) = (Shared(), Shared());
        using var fused = optim.fused.Adam(ours);
        using var builtIn = optim.Adam(theirs);
        for (var step = 0; step < 3; step++)
        {
            foreach (var p in ours.Concat(theirs)) p.grad = full(p.shape, step - 0.5);
            fused.step();
            builtIn.step();
        }
        Assert.False(fused.LastStepFused);
        Assert.Equal("parameter 0 of shape [6] and parameter 1 of shape [5] share memory", fused.LastStepNotFusedBecause);
        foreach (var (a, b) in ours.Zip(theirs)) Tolerance.Holds(Trajectory.Values(b), Trajectory.Values(a), float32, 3);

        static List<Parameter> Shared()
        {
            var memory = arange(0, 10, float32);
            Parameter first = new(memory.narrow(0, 0, 6)), second = new(memory.narrow(0, 5, 5)), third = new(ones(3));
            return [first, second, third, third];
        }
    }

    [Theory]
    [InlineData(-1, 0, 0.9)]
    [InlineData(0.1, -1, 0.9)]
    [InlineData(0.1, 0, 1)]
    public void Fused_optimizers_refuse_what_TorchSharp_s_refuse(double lr, double eps, double beta1)
    {
        using var scope = NewDisposeScope();
        List<Parameter> parameters = [new(ones(2))];
        var theirs = Assert.Throws<ArgumentException>(() => optim.Adam(parameters, lr, beta1, eps: eps));
        Assert.Equal(theirs.Message, Assert.Throws<ArgumentException>(() => optim.fused.Adam(parameters, lr, beta1, eps: eps)).Message);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_gradient_that_does_not_fit_is_refused_and_nothing_is_changed(string optimizer)
    {
        using var scope = NewDisposeScope();
        Parameter good = new(ones(3)), bad = new(ones(2, 2));
        using var made = Make(optimizer, [good, bad]);
        good.grad = ones(3);
        bad.grad = ones(2, 2);
        made.step(() => tensor(1.0));
        var before = Snapshot();

        Refused("shape [4]", ones(4));
        Refused("shape [2, 1]", ones(2, 1));
        Refused("Float64", ones([2, 2], float64));
        Refused("ComplexFloat32", zeros([2, 2], ScalarType.ComplexFloat32));
        if (!optimizer.StartsWith("SGD", StringComparison.Ordinal))     // TorchSharp's SGD uses sparse gradients
            Refused("sparse", sparse_coo_tensor(zeros([2, 1], int64), ones(1), [2, 2]));

        void Refused(string why, Tensor gradient)
        {
            bad.grad = gradient;
            var message = Assert.Throws<InvalidOperationException>(() => made.step(() => tensor(1.0))).Message;
            Assert.Contains(made.GetType().Name, message);
            Assert.Contains("parameter 1 of shape [2, 2]", message);
            Assert.Contains(why, message);
            Assert.Equal(before, Snapshot());
        }

        byte[] Snapshot()
        {
            using var stream = new MemoryStream();
            using var writer = new BinaryWriter(stream);
            made.save_state_dict(writer);
            return [.. stream.ToArray(), .. good.bytes, .. bad.bytes];
        }
    }

    [Fact]
    public void SGD_leaves_sparse_gradients_to_TorchSharp_s()
    {
        using var scope = NewDisposeScope();
        var parameter = new Parameter(ones(2, 2));
        using var optimizer = optim.fused.SGD([parameter], 0.5);
        parameter.grad = sparse_coo_tensor(zeros([2, 1], int64), ones(1), [2, 2]);
        optimizer.step();
        Assert.Equal("parameter 0 of shape [2, 2] cannot be visited in one pass: its gradient is sparse", optimizer.LastStepNotFusedBecause);
        Assert.Equal([0.5f, 1, 1, 1], parameter.data<float>().ToArray());
    }

    [Fact]
    public void Amsgrad_that_is_switched_on_too_late_is_refused_and_nothing_is_changed()
    {
        using var scope = NewDisposeScope();
        var parameter = new Parameter(ones(2));
        using var optimizer = optim.fused.Adam([parameter]);
        parameter.grad = ones(2);
        ((Adam.Options)((ParamGroup)optimizer.ParamGroups.Single()).Options).amsgrad = true;
        Assert.Contains("amsgrad", Assert.Throws<InvalidOperationException>(() => optimizer.step()).Message);
        Assert.Equal([1f, 1], parameter.data<float>().ToArray());
    }

    [Fact]
    public void Names_appear_in_messages()
    {
        using var scope = NewDisposeScope();
        var parameter = new Parameter(ones(2));
        using var optimizer = optim.EwmaMomentum([("layer.weight", parameter)], 0.1);
        parameter.grad = ones(3);
        Assert.Contains("'layer.weight'", Assert.Throws<InvalidOperationException>(() => optimizer.step()).Message);
    }

    private static OptimizerHelper Make(string optimizer, IEnumerable<Parameter> parameters) => FirstOrderOptimizer.Named(optimizer).Make(parameters, 0.1);

    private static OptimizerHelper Make(string optimizer, IEnumerable<Parameter> parameters, string name, double value, bool grouped)
    {
        double Or(string other, double otherwise) => name == other ? value : otherwise;
        if (optimizer == "EwmaMomentum")
            return grouped ? optim.EwmaMomentum([new EwmaMomentum.ParamGroup(parameters, Or("lr", 0.1), Or("beta", 0.9))], 0.1) : optim.EwmaMomentum(parameters, Or("lr", 0.1), Or("beta", 0.9));
        var (lr, etaminus, etaplus, min_step, max_step) = (Or("lr", 0.01), Or("etaminus", 0.5), Or("etaplus", 1.2), Or("min_step", 1e-6), Or("max_step", 50));
        return optimizer switch
        {
            "RpropMinus" => grouped ? optim.RpropMinus([new RpropMinus.ParamGroup(parameters, lr, etaminus, etaplus, min_step, max_step)])
                : optim.RpropMinus(parameters, lr, etaminus, etaplus, min_step, max_step),
            "RpropPlus" => grouped ? optim.RpropPlus([new RpropPlus.ParamGroup(parameters, lr, etaminus, etaplus, min_step, max_step)])
                : optim.RpropPlus(parameters, lr, etaminus, etaplus, min_step, max_step),
            _ => grouped ? optim.IRpropPlus([new IRpropPlus.ParamGroup(parameters, lr, etaminus, etaplus, min_step, max_step)])
                : optim.IRpropPlus(parameters, lr, etaminus, etaplus, min_step, max_step),
        };
    }
}
