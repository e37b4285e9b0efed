using TorchOptimExt.LineSearch;
using TorchOptimExt.Tests.TestFunctions;
using TorchSharp;
using static TorchOptimExt.Tests.LineSearch.Objectives;
using static TorchSharp.torch;

namespace TorchOptimExt.Tests.LineSearch;

/// <summary>The memory of L-BFGS by itself, beside the matrix that its pairs define.</summary>
public class LimitedMemoryTests
{
    private const int Elements = 7, History = 4;

    [Theory, InlineData(1), InlineData(3), InlineData(4), InlineData(11)]
    public void The_product_is_that_of_the_BFGS_matrix(int pairs)
    {
        using var scope = NewDisposeScope();
        manual_seed(pairs);
        var memory = new LimitedMemory([zeros(3, dtype: ScalarType.Float64), zeros(2, 2, dtype: ScalarType.Float64)], History);
        var a = randn(Elements, Elements, dtype: ScalarType.Float64);
        var hessian = a.mm(a.t()) + eye(Elements, dtype: ScalarType.Float64);
        List<(Tensor s, Tensor y)> added = [];
        for (var k = 0; k < pairs; k++)
        {
            var s = randn(Elements, dtype: ScalarType.Float64);
            var y = hessian.mv(s) + 0.1 * randn(Elements, dtype: ScalarType.Float64);
            Assert.Equal(s.dot(y).ToDouble() > 0, memory.Add(Parts(s), Parts(y)));
            if (s.dot(y).ToDouble() > 0) added.Add((s, y));
            // Products in between, as between two steps, change nothing.
            if (k % 2 == 0) memory.Times(Parts(s));
        }
        Assert.Equal(Math.Min(History, added.Count), memory.Count);
        var matrix = Matrix([.. added.TakeLast(History)]);
        for (var k = 0; k < 3; k++)
        {
            var v = randn(Elements, dtype: ScalarType.Float64);
            var product = Flat(memory.Times(Parts(v)));
            Assert.True((product - matrix.mv(v)).norm().ToDouble() <= 1e-11 * matrix.norm().ToDouble() * v.norm().ToDouble());
        }
        // The secant equation.
        var (last, change) = added[^1];
        Assert.True((Flat(memory.Times(Parts(change))) - last).norm().ToDouble() <= 1e-10 * last.norm().ToDouble());
    }

    [Fact]
    public void A_pair_without_curvature_is_not_kept()
    {
        using var scope = NewDisposeScope();
        var memory = new LimitedMemory([zeros(2)], 3);
        Assert.False(memory.Add([tensor([1f, 0])], [tensor([-1f, 0])]));
        Assert.False(memory.Add([tensor([1f, 0])], [tensor([0f, 1])]));
        Assert.False(memory.Add([tensor([1f, 0])], [tensor([float.NaN, 1])]));
        Assert.Equal(0, memory.Count);
        Assert.Equal([3, 4], Values(memory.Times([tensor([3f, 4])])[0]!));
        Assert.True(memory.Add([tensor([1f, 0])], [tensor([2f, 0])]));
        memory.Clear();
        Assert.Equal([3, 4], Values(memory.Times([tensor([3f, 4])])[0]!));
    }

    [Fact]
    public void The_curvature_at_the_end_of_a_cubic_replaces_the_average()
    {
        // f = x³ from 1 to 2: y = 9, and f″(2) = 12 is 3 more. Nothing below the average counts.
        using var scope = NewDisposeScope();
        foreach (var (excess, curvature) in new[] { (3.0, 12.0), (-3.0, 9.0), (double.PositiveInfinity, 9.0), (double.NaN, 9.0) })
        {
            var memory = new LimitedMemory([zeros(1, dtype: ScalarType.Float64)], 3);
            Assert.True(memory.Spans && memory.Add([tensor([1.0])], [tensor([9.0])], excess));
            Assert.Equal(1 / curvature, Values(memory.Times([tensor([1.0])])[0]!)[0], 1e-15);
        }
    }

    // F = x⁴/8 − x from 0 to 1: sᵀy = ½, and what the values tell of the third derivative, ¾, counts as another ½. So d = ½/(½ + ½).
    [Fact]
    public void The_third_derivative_adds_at_most_as_much_curvature_again()
    {
        using var scope = NewDisposeScope();
        var x = TestFunction.At([0]);
        var optimizer = optim.WolfeLBFGS([x]);
        Tensor Loss() => (x.pow(4) / 8 - x).sum();
        optimizer.step(Loss).Dispose();
        Assert.Equal([1], Values(x));
        optimizer.step(Loss).Dispose();
        Assert.Equal(0.5, (Values(x)[0] - 1) / optimizer.LastStep!.Step, 1e-14);
    }

    [Theory, InlineData(Elements, 1), InlineData(Elements, 0.25), InlineData(5_001, 1)]
    public void A_memory_that_does_not_span_the_space_adds_the_gradients_norm_over_the_parameters_to_the_curvature(int elements, double rate)
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        var (a, b) = (rand(elements, dtype: ScalarType.Float64) + 0.1, randn(elements, dtype: ScalarType.Float64));
        var parts = Parts(b).Select(part => new TorchSharp.Modules.Parameter(part!.clone())).ToArray();
        var optimizer = optim.WolfeLBFGS([.. parts.Select((part, k) =>
            new WolfeLBFGS.ParamGroup([part], k == 0 ? 1 : rate))], history: 2);
        Tensor Now() => Flat(parts).detach().clone();
        Tensor Gradient(Tensor x) => a * x + x.pow(3);
        void Step() => optimizer.step(() => (0.5 * a * Flat(parts).square()).sum() + Flat(parts).pow(4).sum() / 4).Dispose();

        var start = Now();
        Step();
        var first = Now();
        Step();
        Assert.Equal(DirectionKind.QuasiNewton, optimizer.LastStep!.Direction);
        var (s, y, g) = (first - start, Gradient(first) - Gradient(start), Gradient(first));
        var modified = y + g.norm() / first.norm() * s;
        var expected = -optimizer.LastStep.Step * Rates() * TwoLoops(s, modified, g);
        Assert.True((Now() - first - expected).norm().ToDouble() <= 1e-12 * expected.norm().ToDouble());
        // It makes a difference.
        Assert.False((Rates() * TwoLoops(s, y, g) * optimizer.LastStep.Step + expected).norm().ToDouble() <= 1e-3 * expected.norm().ToDouble());

        Tensor Rates() => cat([ones(3, dtype: ScalarType.Float64), full(elements - 3, rate, dtype: ScalarType.Float64)]);
    }

    [Fact]
    public void Parameters_that_come_to_0_leave_the_pair_as_it_is()
    {
        using var scope = NewDisposeScope();
        var p = new TorchSharp.Modules.Parameter(tensor([-1.0, 0, 0]));
        var optimizer = optim.WolfeLBFGS([p], history: 2);
        Tensor Loss() => 0.5 * ((p[0] - 2).square() + p[1..].square().sum());
        optimizer.step(Loss).Dispose();
        Assert.Equal([0, 0, 0], Values(p));
        optimizer.step(Loss).Dispose();
        Assert.Equal([2, 0, 0], Values(p));
    }

    [Fact]
    public void Vectors_of_another_size_are_refused()
    {
        using var scope = NewDisposeScope();
        var memory = new LimitedMemory([zeros(2), zeros(3)], 3);
        Assert.Throws<ArgumentException>("step", () => memory.Add([zeros(2)], [zeros(2), zeros(3)]));
        Assert.Throws<ArgumentException>("change", () => memory.Add([zeros(2), zeros(3)], [zeros(2), zeros(2)]));
        Assert.Throws<ArgumentException>("vector", () => memory.Times([zeros(3), zeros(2)]));
        Assert.Throws<ArgumentOutOfRangeException>("history", () => new LimitedMemory([zeros(2)], 0));
    }

    [Fact]
    public void The_history_follows_the_number_of_elements()
    {
        using var scope = NewDisposeScope();
        Assert.Equal(100, History(50_000));
        Assert.Equal(50, History(100_000));
        Assert.Equal(10, History(600_000));
        Assert.Equal(10, History(10, 600_000));
        Assert.Equal(7, Of(optim.WolfeLBFGS([TestFunction.At([1, 2])], history: 7)));

        // Of groups, one of each size.
        static int History(params long[] sizes)
        {
            using var inner = NewDisposeScope();
            var optimizer = optim.WolfeLBFGS(sizes.Select(size => new WolfeLBFGS.ParamGroup([new(zeros(size))])));
            optimizer.step(() => optimizer.parameters().Select(p => (p - 1).square().sum()).Aggregate((a, b) => a + b));
            Assert.True(optimizer.LastStep!.Moved);
            return Of(optimizer);
        }

        // All groups have the same.
        static int Of(WolfeLBFGS optimizer)
        {
            var groups = optimizer.ParamGroups.Cast<WolfeLBFGS.ParamGroup>().ToList();
            var history = Assert.Single(groups.Select(group => ((WolfeLBFGS.Options)group.Options).history!.Value).Distinct());
            return history;
        }
    }

    private static Tensor?[] Parts(Tensor vector) => [vector[..3], vector[3..].reshape(2, -1)];

    private static Tensor Flat(IReadOnlyList<Tensor?> parts) => cat([.. parts.Select(part => part!.reshape(-1))]);

    // Nocedal and Wright, algorithm 7.4, with one pair.
    private static Tensor TwoLoops(Tensor s, Tensor y, Tensor g)
    {
        var alpha = s.dot(g) / s.dot(y);
        var r = s.dot(y) / y.dot(y) * (g - alpha * y);
        return r + s * (alpha - y.dot(r) / s.dot(y));
    }

    // Nocedal and Wright, equation 6.17, from H₀ = sᵀy/yᵀy of the newest pair.
    private static Tensor Matrix((Tensor s, Tensor y)[] pairs)
    {
        var (one, (newest, change)) = (eye(Elements, dtype: ScalarType.Float64), pairs[^1]);
        var matrix = one * (newest.dot(change) / change.dot(change));
        foreach (var (s, y) in pairs)
        {
            var rho = 1 / s.dot(y);
            var left = one - rho * outer(s, y);
            matrix = left.mm(matrix).mm(left.t()) + rho * outer(s, s);
        }
        return matrix;
    }
}
