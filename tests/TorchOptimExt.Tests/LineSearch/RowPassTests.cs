using TorchOptimExt.LineSearch;
using TorchSharp;
using static TorchSharp.torch;

namespace TorchOptimExt.Tests.LineSearch;

/// <summary>The passes over long vectors beside libtorch's operators in float64: registers, their rest, blocks, pieces and threads.</summary>
public class RowPassTests
{
    public static TheoryData<long, ScalarType> Sizes
    {
        get
        {
            var sizes = new TheoryData<long, ScalarType>();
            foreach (var n in new long[] { 1, 3, 8, 100, 8191, 8200, 32_769, 100_003, 300_000 })
                foreach (var dtype in new[] { ScalarType.Float32, ScalarType.Float64 }) sizes.Add(n, dtype);
            return sizes;
        }
    }

    [Theory, MemberData(nameof(Sizes))]
    public void Products_of_rows_with_vectors_are_those_of_a_matrix_product(long n, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        var (rows, vectors) = (Random(7, n, dtype), Random(3, n, dtype));
        var expected = rows.@double().mm(vectors.@double().t());
        var found = new RowProducts().Of(Split(rows), Split(vectors));
        var sizes = rows.@double().norm(1).outer(vectors.@double().norm(1));
        // The roundings of both sums, of which a plain one has n; float32 runs round as often as elements do.
        var bound = dtype == ScalarType.Float32 && n >= 1 << 16 ? 1e-8 : 4 * Math.ScaleB(1, -53) * Math.Sqrt(n);
        Assert.True((tensor(found).reshape(7, 3) - expected).abs().div(sizes).max().ToDouble() <= bound);
    }

    [Theory, MemberData(nameof(Sizes))]
    public void A_combination_is_that_of_a_matrix_product(long n, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        var rows = Random(6, n, dtype);
        double[] factors = [2, -1, 0.5, 3, -0.25, 1];
        var result = empty(n, dtype: dtype);
        var (along, square) = new RowCombination().Of(result, Split(rows), factors);
        var expected = rows.@double().t().mv(tensor(factors));
        Assert.True((result.@double() - expected).abs().max().ToDouble()
            <= (dtype == ScalarType.Float64 ? 1e-14 : 1e-6) * expected.abs().max().ToDouble());
        Close(result.@double().dot(rows[0].@double()), along, result.norm().ToDouble() * rows[0].norm().ToDouble());
        Close(result.@double().dot(result.@double()), square, square);
    }

    [Theory, MemberData(nameof(Sizes))]
    public void The_end_of_a_trial_is_surveyed_in_one_pass(long n, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        var parts = Random(3, n, dtype);
        var (gradient, before, direction) = (parts[0], parts[1], parts[2]);
        var (along, change, largest) = EndPass.Of(gradient, before, direction);
        Close(gradient.@double().dot(direction.@double()), along, gradient.norm().ToDouble() * direction.norm().ToDouble());
        Close((gradient - before).@double().square().sum(), change, change);
        Assert.Equal(gradient.abs().max().to_type(ScalarType.Float64).ToDouble(), largest);
        Assert.Equal(largest, EndPass.Of(gradient));
        gradient[n - 1].fill_(double.NegativeInfinity);
        Assert.Equal(double.PositiveInfinity, EndPass.Of(gradient));
        gradient[0].fill_(-double.NaN);
        Assert.Equal(double.NaN, EndPass.Of(gradient));
    }

    [Theory, MemberData(nameof(Sizes))]
    public void A_pair_is_measured_and_written_as_it_would_be_made(long n, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        var parts = Random(3, n, dtype);
        var part = new PairPart(parts[0], -0.5, parts[1], parts[2]);
        Assert.True(part.IsPlain(parts));
        var (s, y) = (parts[0] * -0.5, parts[1] - parts[2]);
        var (sy, ss, yy) = new PairPass().Measure(part);
        Close(s.@double().dot(y.@double()), sy, s.norm().ToDouble() * y.norm().ToDouble());
        Close(s.@double().dot(s.@double()), ss, ss);
        Close(y.@double().dot(y.@double()), yy, yy);
        var (step, change) = (empty(n, dtype: dtype), empty(n, dtype: dtype));
        new PairPass().Write(part, step, change, 0.25);
        Assert.True(step.equal(s).all().item<bool>());
        Assert.True((change - (y + 0.25 * s)).abs().max().to_type(ScalarType.Float64).ToDouble()
            <= (dtype == ScalarType.Float64 ? 1e-15 : 1e-6) * y.abs().max().to_type(ScalarType.Float64).ToDouble());
    }

    private static void Close(Tensor expected, double found, double scale) =>
        Assert.True(Math.Abs(expected.ToDouble() - found) <= 1e-13 * scale, $"{expected.ToDouble():R}, found {found:R}");

    private static Tensor Random(long rows, long n, ScalarType dtype)
    {
        manual_seed(n);
        return randn(rows, n, dtype: dtype);
    }

    private static Tensor[] Split(Tensor rows) => [.. Enumerable.Range(0, (int)rows.shape[0]).Select(k => rows[k])];
}
