using TorchOptimExt.LineSearch;
using TorchOptimExt.Tests.TestFunctions;
using TorchSharp;
using static TorchOptimExt.Tests.LineSearch.Objectives;
using static TorchSharp.torch;

namespace TorchOptimExt.Tests.LineSearch;

/// <summary>The inequality that defines the method, after every step on every problem.</summary>
public class ConditionTests
{
    public static TheoryData<string, string> Cases
    {
        get
        {
            var cases = new TheoryData<string, string>();
            foreach (var variant in Variants.Keys)
                foreach (var function in Functions.All) cases.Add(variant, function.Name);
            return cases;
        }
    }

    [Theory, MemberData(nameof(Cases))]
    public void Every_accepted_step_meets_the_condition(string variant, string name)
    {
        var function = Functions.All.Single(f => f.Name == name);
        var c = variant is "GD weight decay" or "Newton, b = 0" ? 0.3 : 1e-4;
        var b = IsNewton(variant) && variant != "Newton, b = 0" ? 1 : 0;
        var decay = variant.EndsWith("weight decay", StringComparison.Ordinal) ? 0.1 : 0;
        var history = variant == "GD history 5" ? 5 : variant == "GD Barzilai-Borwein" ? 10 : 1;
        foreach (var start in function.Starts)
        {
            using var scope = NewDisposeScope();
            var x = TestFunction.At(start);
            var optimizer = Variants[variant]([x]);
            List<double> values = [];
            for (var k = 0; k < 15; k++)
            {
                var before = Values(x);
                var (at, gradient, hessian) = Derivatives(function, before, decay);
                optimizer.step(Closure(function, x));
                var step = optimizer.LastStep!;
                if (!step.Moved)
                {
                    Assert.Equal(before, Values(x));
                    Assert.True(step.Outcome is LineSearchOutcome.Converged or LineSearchOutcome.Stalled or LineSearchOutcome.MaxBacktracks
                        or LineSearchOutcome.MinStep, step.ToString());
                    break;
                }
                // The move is measured, and the derivatives are those of the function alone.
                var move = Values(x).Zip(before, (a, z) => a - z).ToArray();
                var (slope, curvature) = (Dot(gradient, move), Dot(move, [.. hessian.Select(row => Dot(row, move))]));
                values.Add(at);
                var limit = values.TakeLast(history).Max() + c * (slope + 0.5 * b * curvature);
                var after = Value(function, TestFunction.At(Values(x)), decay).ToDouble();
                var rounding = 1e-14 * (Math.Abs(at) + Math.Abs(after) + move.Zip(gradient, (m, g) => Math.Abs(m * g)).Sum());
                Assert.True(after <= limit + rounding, $"step {k}: {after:R} > {limit:R}; {step}");
                Assert.True(step.After <= step.Reference + c * (step.Step * step.Slope + 0.5 * step.Step * step.Step * step.Curvature),
                    step.ToString());
                Assert.Equal(at, step.Before, 1e-12 * (1 + Math.Abs(at)));
                Assert.Equal(after, step.After, 1e-12 * (1 + Math.Abs(after)));
                Assert.Equal(1 + step.Trials, step.Evaluations);
                if (step.Outcome == LineSearchOutcome.Converged) break;
            }
        }
    }

    private static bool IsNewton(string variant) =>
        variant.StartsWith("Newton", StringComparison.Ordinal) || variant.StartsWith("Trust region", StringComparison.Ordinal);

    // Value, gradient and Hessian of F by autograd on a fresh parameter.
    private static (double value, double[] gradient, double[][] hessian) Derivatives(TestFunction function, double[] point, double decay)
    {
        using var scope = NewDisposeScope();
        var x = TestFunction.At(point);
        var value = Value(function, x, decay);
        var gradient = autograd.grad([value], [x], retain_graph: true, create_graph: true)[0];
        var rows = point.Select((_, k) => Values(autograd.grad([gradient[k]], [x], retain_graph: true)[0])).ToArray();
        return (value.ToDouble(), Values(gradient.detach()), rows);
    }

    private static Tensor Value(TestFunction function, Tensor x, double decay) => function.Value(x) + 0.5 * decay * x.square().sum();

    private static double Dot(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Sum();
}
