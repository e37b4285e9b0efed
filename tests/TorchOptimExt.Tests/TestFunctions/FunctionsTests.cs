using TorchSharp;
using static TorchSharp.torch;

namespace TorchOptimExt.Tests.TestFunctions;

public class FunctionsTests
{
    public static TheoryData<TestFunction> All => [.. Functions.All];

    [Theory, MemberData(nameof(All))]
    public void Every_minimizer_has_the_minimum_and_no_gradient(TestFunction function)
    {
        var minima = function.Minimizers.Select(point => (function.Minimum, point))
            .Concat(function.LocalMinima.Select(m => (m.value, m.at)));
        foreach (var (minimum, point) in minima)
        {
            var (value, gradient) = function.Derivative(point);
            // An ulp of a coordinate moves value and gradient; no point can be nearer than that.
            var beside = new[] { 4e-16, -4e-16 }.Select(ulp => function.Derivative([.. point.Select(v => v * (1 + ulp))])).ToArray();
            Assert.Equal(minimum, value, function.Rounding * Math.Max(1, minimum) + 4 * beside.Max(b => Math.Abs(b.value - value)));
            var near = beside.Sum(b => b.gradient.Max(Math.Abs));
            Assert.True(gradient.Max(Math.Abs) <= 1e-9 + 4 * near, $"gradient {gradient.Max(Math.Abs):g3}");
        }
    }

    [Fact]
    public void There_are_25_and_logistic_regression() => Assert.Equal(26, Functions.All.Select(f => f.Name).Distinct().Count());

    // The values at the standard starts: worked out by hand, or in 50 digits from the definitions.
    [Theory]
    [InlineData("Rosenbrock", 24.2)]
    [InlineData("Extended Rosenbrock, n = 100", 1210)]
    [InlineData("Beale", 14.203125)]
    [InlineData("Himmelblau", 170)]
    [InlineData("Booth", 74)]
    [InlineData("Powell singular", 215)]
    [InlineData("Extended Powell, n = 100", 5375)]
    [InlineData("Wood", 19192)]
    [InlineData("Helical valley", 2500)]
    [InlineData("Brown badly scaled", 999998000003.0)]
    [InlineData("Quadratic, κ = 1e6", 637302.5684242216)]
    [InlineData("Freudenstein-Roth", 400.5)]
    [InlineData("Jennrich-Sampson", 4171.306161960493)]
    [InlineData("Box 3D", 1031.1538106093983)]
    [InlineData("Gaussian", 3.888106991166676e-06)]
    [InlineData("Bard", 41.68169586167801)]
    [InlineData("Meyer", 1693607809.4361455)]
    [InlineData("Kowalik-Osborne", 0.00531317227210854)]
    [InlineData("Brown-Dennis", 7926693.336997433)]
    [InlineData("Osborne 1", 0.8790262935446403)]
    [InlineData("Biggs EXP6", 0.7790700756559704)]
    [InlineData("Watson, n = 6", 30)]
    [InlineData("Penalty I, n = 10", 148032.56535)]
    [InlineData("Variably dimensioned, n = 10", 2198551.1625)]
    [InlineData("Trigonometric, n = 10", 0.007075759466220886)]
    [InlineData("Logistic regression", 0.6931471805599453)]
    public void The_value_at_the_first_start_is_the_published_one(string name, double value)
    {
        using var scope = NewDisposeScope();
        var function = Functions.All.Single(f => f.Name == name);
        Assert.Equal(value, function.Value(tensor(function.Starts[0])).ToDouble(), 1e-12 * value);
    }

    [Theory, MemberData(nameof(All))]
    public void A_float32_vector_gives_a_float32_value_near_that_in_float64(TestFunction function)
    {
        using var scope = NewDisposeScope();
        var value = function.Value(tensor(function.Starts[0], dtype: ScalarType.Float32));
        var exact = function.Value(tensor(function.Starts[0], dtype: ScalarType.Float32).to_type(ScalarType.Float64)).ToDouble();
        Assert.Equal(ScalarType.Float32, value.dtype);
        Assert.Equal(exact, value.ToDouble(), 1e-3 * exact);
    }

    // The formulas of torch's derivatives have no part in a difference of values.
    [Theory, MemberData(nameof(All))]
    public void The_gradient_is_that_of_central_differences(TestFunction function)
    {
        foreach (var point in function.Starts.Concat(
            function.Starts.Select(start => start.Select((v, k) => 1.1 * v + 0.01 * (k % 3)).ToArray())))
        {
            var (value, gradient) = function.Derivative(point);
            for (var k = 0; k < point.Length; k++)
            {
                var h = 1e-5 * Math.Max(1e-3, Math.Abs(point[k]));
                double Beside(double by) => function.Derivative([.. point.Select((v, j) => j == k ? v + by : v)]).value;
                var difference = (8 * (Beside(h) - Beside(-h)) - (Beside(2 * h) - Beside(-2 * h))) / (12 * h);
                Assert.Equal(difference, gradient[k], 1e-7 * gradient.Max(Math.Abs) + 1e-13 * Math.Abs(value) / h + 1e-10);
            }
        }
    }
}
