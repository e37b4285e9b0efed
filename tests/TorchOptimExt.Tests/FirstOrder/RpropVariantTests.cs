using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.Tests.FirstOrder;

/// <summary>The first steps of the four Rprops, worked by hand: from 1, with a first step size of 0.1, in float64.</summary>
public class RpropVariantTests
{
    // Up, a change of sign, the way back, another change, a zero, and on.
    private static readonly double[] Gradients = [1, 2, -1, -3, 1, 0, 2];

    // Rises at the first change of sign, falls at the second.
    private static readonly double[] Losses = [5, 4, 6, 3, 2, 1, 0];

    public static TheoryData<string, double[]> Paths => new()
    {
        { "Rprop", [0.9, 0.78, 0.78, 0.84, 0.84, 0.84, 0.81] },
        { "RpropMinus", [0.9, 0.78, 0.84, 0.912, 0.876, 0.876, 0.84] },
        { "RpropPlus", [0.9, 0.78, 0.9, 0.96, 0.9, 0.9, 0.87] },
        { "IRpropPlus", [0.9, 0.78, 0.9, 0.96, 0.96, 0.96, 0.93] },
    };

    [Theory]
    [MemberData(nameof(Paths))]
    public void First_steps_are_those_worked_by_hand(string name, double[] path)
    {
        using var scope = NewDisposeScope();
        foreach (var strided in (bool[])[false, true])
        {
            var parameter = new Parameter(strided ? ones([2, 2], float64).select(1, 0) : ones([2], float64));
            using var optimizer = Make(name, parameter);
            for (var k = 0; k < path.Length; k++)
            {
                parameter.grad = full([2], Gradients[k], float64);
                optimizer.step(() => tensor(Losses[k]));
                Assert.Equal(path[k], parameter[0].ToDouble(), 1e-15);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Maximizing_takes_the_same_steps_the_other_way(string name, double[] path)
    {
        using var scope = NewDisposeScope();
        var parameter = new Parameter(ones([2], float64));
        using var optimizer = Make(name, parameter, maximize: true);
        for (var k = 0; k < path.Length; k++)
        {
            parameter.grad = full([2], Gradients[k], float64);
            optimizer.step(() => tensor(-Losses[k]));
            Assert.Equal(2 - path[k], parameter[0].ToDouble(), 1e-15);
        }
    }

    // 0.1 is clamped to 0.2; grows to 0.24, stopped at 0.21; the change of sign halves it to 0.105, stopped at 0.2.
    [Theory]
    [InlineData("Rprop", 0.8, 0.59, 0.59)]
    [InlineData("RpropMinus", 0.8, 0.59, 0.79)]
    [InlineData("RpropPlus", 0.8, 0.59, 0.8)]
    [InlineData("IRpropPlus", 0.8, 0.59, 0.8)]
    public void Step_sizes_are_clamped_from_the_first_step_on(string name, double first, double second, double third)
    {
        using var scope = NewDisposeScope();
        var parameter = new Parameter(ones([2], float64));
        using var optimizer = Make(name, parameter, min_step: 0.2, max_step: 0.21);
        double[] path = [first, second, third];
        for (var k = 0; k < path.Length; k++)
        {
            parameter.grad = full([2], Gradients[k], float64);
            optimizer.step(() => tensor(Losses[k]));
            Assert.Equal(path[k], parameter[0].ToDouble(), 1e-15);
        }
    }

    // 1e-30 · 1e-30 is 0 in float32, so nothing grows; in float64 it is not.
    [Theory]
    [InlineData("Rprop")]
    [InlineData("RpropMinus")]
    [InlineData("RpropPlus")]
    [InlineData("IRpropPlus")]
    public void The_product_of_gradients_is_taken_in_their_precision(string name)
    {
        using var scope = NewDisposeScope();
        foreach (var (dtype, expected) in new[] { (float32, 0.8), (float64, 0.78) })
        {
            var parameter = new Parameter(ones([2], dtype));
            using var optimizer = Make(name, parameter);
            for (var k = 0; k < 2; k++)
            {
                parameter.grad = full([2], 1e-30, dtype);
                optimizer.step(() => tensor(1.0));
            }
            Assert.Equal(expected, parameter[0].ToDouble(), 1e-6);
        }
    }

    [Fact]
    public void IRpropPlus_needs_a_closure_that_returns_one_number()
    {
        using var scope = NewDisposeScope();
        var parameter = new Parameter(ones(2));
        parameter.grad = ones(2);
        using var optimizer = optim.IRpropPlus([parameter]);
        Assert.Contains("step(closure)", Assert.Throws<InvalidOperationException>(() => optimizer.step()).Message);
        Assert.Contains("one element", Assert.Throws<InvalidOperationException>(() => optimizer.step(() => ones(2))).Message);
        Assert.Equal(1, parameter[0].ToDouble());
    }

    private static OptimizerHelper Make(string name, Parameter parameter, double min_step = 1e-6, double max_step = 50, bool maximize = false) => name switch
    {
        "Rprop" => optim.fused.Rprop([parameter], 0.1, min_step: min_step, max_step: max_step, maximize: maximize),
        "RpropMinus" => optim.RpropMinus([parameter], 0.1, min_step: min_step, max_step: max_step, maximize: maximize),
        "RpropPlus" => optim.RpropPlus([parameter], 0.1, min_step: min_step, max_step: max_step, maximize: maximize),
        _ => optim.IRpropPlus([parameter], 0.1, min_step: min_step, max_step: max_step, maximize: maximize),
    };
}
