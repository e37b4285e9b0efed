using TorchSharp;
using static TorchSharp.torch;

namespace TorchOptimExt.Tests.TestFunctions;

public class FunctionsTests
{
    public static TheoryData<TestFunction> All => [.. Functions.All];

    [Theory, MemberData(nameof(All))]
    public void Every_minimizer_has_the_minimum_and_no_gradient(TestFunction function)
    {
        using var scope = NewDisposeScope();
        foreach (var point in function.Minimizers)
        {
            var x = TestFunction.At(point);
            var value = function.Value(x);
            value.backward();
            Assert.Equal(function.Minimum, value.ToDouble(), 1e-12);
            Assert.True(x.grad!.abs().max().ToDouble() < 1e-9 * (1 + point.Max(Math.Abs)), $"gradient {x.grad!.abs().max().ToDouble():g3}");
        }
    }

    // The values at the standard starts, worked out by hand from the definitions.
    [Theory]
    [InlineData("Rosenbrock", 24.2)]
    [InlineData("Beale", 14.203125)]
    [InlineData("Himmelblau", 170)]
    [InlineData("Booth", 74)]
    [InlineData("Powell singular", 215)]
    [InlineData("Wood", 19192)]
    [InlineData("Helical valley", 2500)]
    [InlineData("Brown badly scaled", 999998000003.0)]
    [InlineData("Logistic regression", 0.6931471805599453)]
    public void The_value_at_the_first_start_is_the_published_one(string name, double value)
    {
        using var scope = NewDisposeScope();
        var function = Functions.All.Single(f => f.Name == name);
        Assert.Equal(value, function.Value(tensor(function.Starts[0])).ToDouble(), 1e-12 * value);
    }
}
