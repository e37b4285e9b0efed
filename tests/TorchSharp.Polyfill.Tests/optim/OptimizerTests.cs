using References;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharpPolyfill.Tests;

public class OptimizerTests
{
    public static TheoryData<string> Cases => Trajectory.Of();

    private static Parameter Scalar(double value) => new(ones(1, dtype: ScalarType.Float64) * value);

    private static void SetGradient(Parameter parameter, double value)
    {
        using var gradient = full_like(parameter, value);
        parameter.grad = gradient;
    }

    [Fact]
    public void SGD_that_maximizes_decays_away_from_zero()
    {
        using var p = Scalar(2);
        using var optimizer = optim.SGD([p], 0.1, weight_decay: 0.5, maximize: true);
        SetGradient(p, 3);
        optimizer.step();
        Assert.Equal(2 + 0.1 * (3 + 0.5 * 2), p.item<double>(), 1e-15);     // PyTorch: 2 + 0.1 · (3 − 0.5 · 2)
    }

    [Theory, MemberData(nameof(Cases))]
    public void A_parameter_without_gradient_stays(string name)
    {
        using var scope = NewDisposeScope();
        var trajectory = Trajectory.Named(name);
        var parameters = trajectory.Parameters();
        using var optimizer = BuiltIn.Make(trajectory, parameters);
        trajectory.SetGradients(parameters, 1);
        parameters[0].grad = null;
        var before = parameters.ConvertAll(Trajectory.Values);
        optimizer.step();
        Assert.Equal(before[0], Trajectory.Values(parameters[0]));
        Assert.NotEqual(before[1], Trajectory.Values(parameters[1]));
    }

    [Theory, MemberData(nameof(Cases))]
    public void Steps_leave_no_tensor_alive(string name)
    {
        var trajectory = Trajectory.Named(name);
        var parameters = trajectory.Parameters();
        using var optimizer = BuiltIn.Make(trajectory, parameters);
        trajectory.SetGradients(parameters, 1);
        optimizer.step();
        var alive = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        for (var k = 0; k < 100; k++) optimizer.step();
        Assert.Equal(alive, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Theory, MemberData(nameof(Cases))]
    public void State_outlives_a_dispose_scope_around_it(string name)
    {
        var trajectory = Trajectory.Named(name);
        var parameters = trajectory.Parameters();
        OptimizerHelper optimizer;
        using (NewDisposeScope())
        {
            optimizer = BuiltIn.Make(trajectory, parameters);
            trajectory.Replay(optimizer, parameters, to: 20);
        }
        trajectory.Replay(optimizer, parameters, from: 21);
        optimizer.Dispose();
        optimizer.Dispose();
    }

    [Fact]
    public void The_closure_runs_with_gradients_and_its_loss_comes_back()
    {
        using var scope = NewDisposeScope();
        var p = Scalar(3);
        using var optimizer = optim.SGD([("p", p)], 0.25);
        Tensor Closure()
        {
            optimizer.zero_grad();
            var loss = p * p;
            loss.backward();
            return loss;
        }
        using (no_grad())
        {
            Assert.Equal(9, optimizer.step(Closure).item<double>());
            Assert.Equal(2.25, optimizer.step(Closure).item<double>());
        }
        Assert.Equal(0.75, p.item<double>());
    }

    [Fact]
    public void Groups_keep_their_options_and_take_the_others_from_the_optimizer()
    {
        using var scope = NewDisposeScope();
        Parameter p = Scalar(1), q = Scalar(1), r = Scalar(1);
        using var optimizer = optim.Adam([new Adam.ParamGroup([p], new Adam.Options { LearningRate = 0.5 }), new() { Parameters = [q] }], lr: 0.1, beta1: 0.7, amsgrad: true);
        optimizer.add_param_group(new Adam.ParamGroup([r], lr: 0.2, eps: 0.01));

        var options = optimizer.state_dict().Options.Cast<Adam.Options>().ToList();
        Assert.Equal([0.5, 0.1, 0.2], options.Select(o => o.LearningRate!.Value));
        Assert.Equal([0.5, 0.1, 0.2], options.Select(o => o.InitialLearningRate));
        Assert.Equal([0.7, 0.7, 0.9], options.Select(o => o.beta1!.Value));
        Assert.Equal([1e-8, 1e-8, 0.01], options.Select(o => o.eps!.Value));
        Assert.Equal([true, true, false], options.Select(o => o.amsgrad!.Value));
        Assert.Equal([[0], [1], [2]], optimizer.state_dict().StateIndexRef);
        Assert.Equal([p, q, r], optimizer.parameters());
        Assert.Equal((0.7, 0.999), optimizer.Betas);
    }

    [Theory]
    [InlineData("SGD", "momentum 0, dampening 0, weight_decay 0, nesterov False, maximize False")]
    [InlineData("Adagrad", "lr_decay 0, initial_accumulator_value 0, eps 1E-10, weight_decay 0")]
    [InlineData("Adadelta", "rho 0.9, eps 1E-06, weight_decay 0, maximize False")]
    [InlineData("RMSProp", "momentum 0, alpha 0.99, eps 1E-08, weight_decay 0, centered False, maximize False")]
    [InlineData("Adam", "beta1 0.9, beta2 0.999, weight_decay 0, eps 1E-08, amsgrad False, maximize False")]
    [InlineData("AdamW", "beta1 0.9, beta2 0.999, weight_decay 0, eps 1E-08, amsgrad False, maximize False")]
    [InlineData("Rprop", "etaminus 0.5, etaplus 1.2, min_step 1E-06, max_step 50, maximize False")]
    public void Defaults_are_those_of_the_listing(string name, string expected)
    {
        using var scope = NewDisposeScope();
        Parameter[] p = [Scalar(1)];
        OptimizerHelper optimizer = name switch
        {
            "SGD" => optim.SGD(p, 0.1),
            "Adagrad" => optim.Adagrad(p),
            "Adadelta" => optim.Adadelta(p),
            "RMSProp" => optim.RMSProp(p),
            "Adam" => optim.Adam(p),
            "AdamW" => optim.AdamW(p),
            _ => optim.Rprop(p),
        };
        var options = optimizer.state_dict().Options[0];
        var found = options.GetType().GetFields().ToDictionary(f => f.Name, f => $"{f.Name} {f.GetValue(options)}");
        Assert.Equal(expected.Split(", ").Order(), found.Values.Order());
        Assert.Equal(name is "SGD" ? 0.1 : name is "Adadelta" ? 1 : name is "Adam" or "AdamW" ? 1e-3 : 1e-2, options.LearningRate);
    }

    [Fact]
    public void Values_out_of_range_are_refused()
    {
        using var scope = NewDisposeScope();
        Parameter[] p = [Scalar(1)];
        Assert.Throws<ArgumentException>(() => optim.SGD(p, -1));
        Assert.Throws<ArgumentException>(() => optim.SGD(p, 1, nesterov: true));
        Assert.Throws<ArgumentException>(() => optim.Adagrad(p, lr_decay: -1));
        Assert.Throws<ArgumentException>(() => optim.Adadelta(p, rho: 1.1));
        Assert.Throws<ArgumentException>(() => optim.RMSProp(p, momentum: -1));
        Assert.Throws<ArgumentException>(() => optim.Adam(p, beta1: 1));
        Assert.Throws<ArgumentException>(() => optim.AdamW(p, beta2: -0.1));
        Assert.Throws<ArgumentException>(() => optim.Rprop(p, lr: -1));
    }

    [Fact]
    public void A_third_party_optimizer_stands_on_the_protected_members()
    {
        using var scope = NewDisposeScope();
        var p = Scalar(3);
        using var optimizer = new SignDescent([p], 0.5);
        SetGradient(p, -7);
        optimizer.step();
        Assert.Equal(3.5, p.item<double>());
        Assert.Equal(1, ((SignDescent.Count)optimizer.state_dict().State[0]).Steps);
    }

    private sealed class SignDescent : OptimizerHelper
    {
        public SignDescent(IEnumerable<Parameter> parameters, double lr)
        {
            _defaults = new OptimizerOptions { LearningRate = lr, InitialLearningRate = lr };
            _parameter_groups = [];
            add_param_group(new ParamGroup { Parameters = parameters, Options = _defaults });
        }

        public override void add_param_group(ParamGroup param_group)
        {
            base.add_param_group(param_group);
            foreach (var p in param_group.Parameters) _state[p.Handle] = new Count(p);
        }

        public override Tensor step(Func<Tensor>? closure = null) => _step<ParamGroup>(group =>
        {
            foreach (var p in group.Parameters)
            {
                ((Count)_state[p.Handle]).Steps++;
                p.add_(p.grad!.sign(), alpha: -group.LearningRate);
            }
        }, closure);

        public sealed class Count(Parameter parameter) : OptimizerState(parameter)
        {
            public int Steps { get; set; }
            public override void Initialize(OptimizerOptions options) => Steps = 0;
            public override void SaveStateDict(BinaryWriter writer) => writer.Write(Steps);
            public override void LoadStateDict(BinaryReader reader) => Steps = reader.ReadInt32();
            public override void LoadStateDict(OptimizerState source) => Steps = ((Count)source).Steps;
        }
    }
}
