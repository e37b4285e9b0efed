using References;
using TorchOptimExt.Stepping;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TorchOptimExt.Tests.FirstOrder;

/// <summary>Tensors of unusual shapes, layouts and types.</summary>
public class ShapeTests
{
    public static TheoryData<string> All => FirstOrderOptimizer.Names;
    public static TheoryData<string> Own => [.. FirstOrderOptimizer.All.Where(o => !o.IsTorchSharps).Select(o => o.Name)];

    [Theory]
    [MemberData(nameof(All))]
    public void A_number_and_a_tensor_without_elements_are_updated_like_others(string name)
    {
        using var scope = NewDisposeScope();
        Parameter number = new(tensor(2.0, float64)), none = new(zeros([0, 3], float64)), plain = new(full([5], 2.0, float64));
        using var optimizer = Make(name, [none, number, plain]);
        for (var step = 0; step < 5; step++)
        {
            number.grad = tensor(1.5 - step, float64);
            none.grad = zeros([0, 3], float64);
            plain.grad = full([5], 1.5 - step, float64);
            optimizer.step(() => tensor(1.0));
            Assert.True(((IFusedOptimizer)optimizer).LastStepFused);
        }
        Assert.NotEqual(2, number.ToDouble());
        Assert.Equal(plain[4].ToDouble(), number.ToDouble());
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Without_gradients_nothing_happens(string name)
    {
        using var scope = NewDisposeScope();
        var parameter = new Parameter(ones(3));
        using var optimizer = Make(name, [parameter]);
        optimizer.step(() => tensor(1.0));
        Assert.Equal([1f, 1, 1], parameter.data<float>().ToArray());
        Assert.Equal(0, optimizer.state_dict().State[0] is TorchOptimExt.Parameters.TensorState state ? state.step : 0);
    }

    // Transposed, every second element, part of a larger tensor, gradients that autograd expands from one number.
    [Theory]
    [MemberData(nameof(All))]
    public void Strides_of_parameter_and_gradient_do_not_matter(string name)
    {
        using var scope = NewDisposeScope();
        var start = linspace(-1, 1, 12, float64).reshape(3, 4);
        List<Parameter> parameters = [new(start.clone()), new(start.t().contiguous().t()), new(Problem.Strided(start)), new(cat([zeros([2, 4], float64), start]).narrow(0, 2, 3))];
        using var optimizer = Make(name, parameters);
        for (var step = 0; step < 5; step++)
        {
            foreach (var parameter in parameters)
            {
                parameter.grad = null;
                (parameter.sum() * (2.5 - step)).backward();
            }
            optimizer.step(() => tensor(1.0));
            Assert.False(((IFusedOptimizer)optimizer).LastStepFused);
            Assert.Matches("parameter [12] of shape \\[3, 4\\] cannot be visited in one pass", ((IFusedOptimizer)optimizer).LastStepNotFusedBecause);
        }
        foreach (var parameter in parameters.Skip(1)) Assert.True(parameter.allclose(parameters[0], rtol: 1e-13, atol: 1e-15));
        Assert.False(parameters[0].allclose(start));
    }

    // What the last step was is not said of one that threw.
    [Theory]
    [MemberData(nameof(All))]
    public void A_step_whose_closure_throws_was_not_fused(string name)
    {
        using var scope = NewDisposeScope();
        var parameter = new Parameter(ones(3)) { grad = ones(3) };
        using var optimizer = Make(name, [parameter]);
        optimizer.step(() => tensor(1.0));
        Assert.True(((IFusedOptimizer)optimizer).LastStepFused);
        Assert.Throws<TimeoutException>(() => optimizer.step(() => throw new TimeoutException()));
        Assert.False(((IFusedOptimizer)optimizer).LastStepFused);
        Assert.Null(((IFusedOptimizer)optimizer).LastStepNotFusedBecause);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_module_converted_to_float64_is_optimized_in_float64(string name)
    {
        using var scope = NewDisposeScope();
        var model = Linear(3, 2).to(float64);
        using var optimizer = Make(name, [.. model.parameters()]);
        var before = Trajectory.Values(model.parameters().First());
        optimizer.step(() =>
        {
            var loss = model.call(ones([4, 3], float64)).square().mean();
            loss.backward();
            return loss;
        });
        Assert.True(((IFusedOptimizer)optimizer).LastStepFused);
        Assert.Equal(ScalarType.Float64, model.parameters().First().dtype);
        Assert.NotEqual(before, Trajectory.Values(model.parameters().First()));
    }

    // The half types go through float32: each element is computed there and rounded once when it is stored. The state stays in float32.
    [Theory]
    [MemberData(nameof(Own))]
    public void Half_precision_is_computed_in_float32_and_rounded_once(string name)
    {
        foreach (var dtype in (ScalarType[])[ScalarType.Float16, ScalarType.BFloat16])
        {
            using var scope = NewDisposeScope();
            var start = linspace(-2, 2, 101, float32).to_type(dtype);
            var half = new Parameter(start.clone());
            using var optimizer = Make(name, [half]);
            List<Tensor> states = [.. ((TorchOptimExt.Parameters.TensorState)optimizer.state_dict().State[0]).tensors];
            Assert.All(states, s => Assert.Equal(ScalarType.Float32, s.dtype));
            for (var step = 0; step < 6; step++)
            {
                // One step of an optimizer in float32 from what the half one has now.
                var single = new Parameter(half.detach().to_type(float32));
                using var reference = Make(name, [single]);
                var state = (TorchOptimExt.Parameters.TensorState)reference.state_dict().State[0];
                var now = (TorchOptimExt.Parameters.TensorState)optimizer.state_dict().State[0];
                state.step = now.step;
                now.numbers.CopyTo(state.numbers, 0);
                foreach (var (to, from) in state.tensors.Zip(now.tensors)) to.copy_(from);

                var gradient = (linspace(-3, 3, 101, float32) + step).remainder(2.5).sub(1.25).to_type(dtype);
                (half.grad, single.grad) = (gradient, gradient.to_type(float32));
                optimizer.step(() => tensor(step % 3 / 1.0));
                reference.step(() => tensor(step % 3 / 1.0));
                AssertSame(single.detach().to_type(dtype), half, "parameter");
                foreach (var (expected, actual) in state.tensors.Zip(now.tensors)) AssertSame(expected, actual, "state");
            }
            Assert.False(half.detach().to_type(float32).allclose(start.to_type(float32)));
            Assert.True(((IFusedOptimizer)optimizer).LastStepFused, ((IFusedOptimizer)optimizer).LastStepNotFusedBecause);
        }

        static void AssertSame(Tensor expected, Tensor actual, string what) => Assert.True(expected.bytes.SequenceEqual(actual.bytes), what);
    }

    private static OptimizerHelper Make(string name, List<Parameter> parameters) => FirstOrderOptimizer.Named(name).Make(parameters, 0.05);
}
