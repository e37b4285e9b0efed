using References;
using TorchOptimExt.Stepping;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.Tests.FirstOrder;

/// <summary>Every first-order optimizer on every problem, in both precisions, on registers and on tensors, beside its reference.</summary>
public class ProblemTests
{
    private const int Steps = 100;

    public static TheoryData<string, string, ScalarType> Cases
    {
        get
        {
            var cases = new TheoryData<string, string, ScalarType>();
            foreach (var optimizer in FirstOrderOptimizer.All)
                foreach (var problem in Problem.All)
                    foreach (var dtype in (ScalarType[])[ScalarType.Float64, ScalarType.Float32])
                        cases.Add(optimizer.Name, problem.Name, dtype);
            return cases;
        }
    }

    // All take the gradients of the reference's parameters: what differs is the optimizer's arithmetic alone.
    [Theory]
    [MemberData(nameof(Cases))]
    public void Steps_are_the_reference_s(string optimizer, string problem, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        var (made, function) = (FirstOrderOptimizer.Named(optimizer), Problem.Named(problem));
        var lr = Rate(made, function);
        var (reference, fused, strided, onTensors) = (function.Parameters(dtype), function.Parameters(dtype), function.Parameters(dtype, strided: true), function.Parameters(dtype));
        var compared = new List<(List<Parameter> parameters, Action<Tensor> step)> { (fused, Ours(made, fused, lr, fused: true)), (strided, Ours(made, strided, lr, fused: false)) };
        if (made.OnTensors is not null) compared.Add((onTensors, made.OnTensors(onTensors, lr)));
        var referenceStep = made.Reference(reference, lr);

        for (var step = 1; step <= Steps; step++)
        {
            using var inner = NewDisposeScope();
            var loss = function.Gradients(reference);
            foreach (var (parameters, _) in compared)
                foreach (var (from, to) in reference.Zip(parameters)) to.grad = from.grad!.clone();
            referenceStep(loss);
            foreach (var (parameters, ours) in compared)
            {
                ours(loss);
                if (step % 5 > 0 && step > 5) continue;
                foreach (var (expected, actual) in reference.Zip(parameters)) Tolerance.Holds(Trajectory.Values(expected), Trajectory.Values(actual), dtype, step);
            }
        }
    }

    // A run of its own: what rounding differs by comes back in the gradients, so it is not the trajectory that is compared.
    [Theory]
    [MemberData(nameof(Cases))]
    public void A_run_goes_as_far_down_as_the_reference_s(string optimizer, string problem, ScalarType dtype)
    {
        var losses = new List<double>();
        foreach (var ours in (bool[])[false, true])
        {
            using var scope = NewDisposeScope();
            var (made, function) = (FirstOrderOptimizer.Named(optimizer), Problem.Named(problem));
            var parameters = function.Parameters(dtype);
            var lr = Rate(made, function);
            var step = ours ? Ours(made, parameters, lr, fused: true) : made.Reference(parameters, lr);
            if (!ours) losses.Add(function.Loss(parameters).ToDouble());
            for (var k = 0; k < Steps; k++) step(function.Gradients(parameters));
            losses.Add(function.Loss(parameters).ToDouble());
        }
        Assert.True(losses[1] < losses[0], $"from {losses[0]} to {losses[1]}");
        Assert.Equal(losses[1], losses[2], losses[0] * (dtype == ScalarType.Float64 ? 1e-9 : 1e-4));
    }

    private static Action<Tensor> Ours(FirstOrderOptimizer made, List<Parameter> parameters, double lr, bool fused)
    {
        var optimizer = made.Make(parameters, lr);
        return loss =>
        {
            optimizer.step(() => loss);
            Assert.Equal(fused, ((IFusedOptimizer)optimizer).LastStepFused);
        };
    }

    private static double Rate(FirstOrderOptimizer optimizer, Problem problem) => optimizer.ByGradient ? problem.LearningRate : 0.01;
}
