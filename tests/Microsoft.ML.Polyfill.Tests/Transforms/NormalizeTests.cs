using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

namespace Microsoft.ML.Polyfill.Tests;

/// <summary>Expected values are worked out by hand from x ∈ {−2, 0, 4, 6} and a constant slot.</summary>
public class NormalizeTests
{
    private readonly MLContext _context = new();

    [Fact]
    public void MinMax_with_fixed_zero_divides_by_the_largest_magnitude()
        => Check(_context.Transforms.NormalizeMinMax("V"), [-2f / 6, 0, 4f / 6, 1]);

    [Fact]
    public void MinMax_without_fixed_zero_maps_to_the_unit_interval()
        => Check(_context.Transforms.NormalizeMinMax("V", fixZero: false), [0, 0.25f, 0.75f, 1]);

    [Fact]
    public void MeanVariance_with_fixed_zero_divides_by_the_root_mean_square()
        => Check(_context.Transforms.NormalizeMeanVariance("V"), [.. new float[] { -2, 0, 4, 6 }.Select(x => x / MathF.Sqrt(14))]);

    [Fact]
    public void MeanVariance_without_fixed_zero_standardizes()
        => Check(_context.Transforms.NormalizeMeanVariance("V", fixZero: false), [.. new float[] { -2, 0, 4, 6 }.Select(x => (x - 2) / MathF.Sqrt(10))]);

    [Fact]
    public void Scalars_and_doubles_are_normalized_too()
    {
        var data = Load();
        var result = _context.Transforms.NormalizeMinMax([new("OutS", "S"), new("D")]).Fit(data).Transform(data);
        Assert.Equal([-2f / 6, 0, 4f / 6, 1], result.GetColumn<float>("OutS"));
        Assert.Equal([-2.0 / 6, 0, 4 * (1.0 / 6), 1], result.GetColumn<double>("D"));
        Assert.True(result.Schema["OutS"].IsNormalized());
    }

    [Fact]
    public void Implicit_zeros_of_sparse_vectors_count_and_stay()
    {
        var data = _context.Data.LoadFromEnumerable(new List<SparseRow> { new() { V = new(4, 1, [3f], [2]) }, new() { V = new(4, 1, [4f], [2]) }, new() { V = new(4, 0, [], []) } });
        var result = _context.Transforms.NormalizeMeanVariance("V").Fit(data).Transform(data);
        // Slot 2 is 3, 4, 0: its mean square is 25/3.
        Assert.Equal((float)(3 / Math.Sqrt(25.0 / 3)), result.GetColumn<float[]>("V").First()[2], 6);
        Assert.All(result.GetColumn<VBuffer<float>>("V"), v => Assert.False(v.IsDense));
    }

    [Fact]
    public void Missing_values_are_not_learned_from_and_stay_missing()
    {
        var data = _context.Data.LoadFromEnumerable(new List<Row> { new() { S = 1 }, new() { S = float.NaN }, new() { S = 4 } });
        Assert.Equal([0.25f, float.NaN, 1], _context.Transforms.NormalizeMinMax("S").Fit(data).Transform(data).GetColumn<float>("S"));
        Assert.Equal([-1, float.NaN, 1], _context.Transforms.NormalizeMeanVariance("S", fixZero: false).Fit(data).Transform(data).GetColumn<float>("S"));
    }

    [Fact]
    public void Only_the_first_examples_are_learned_from()
    {
        var data = Load();
        Assert.Equal([-1, 0, 2, 3], _context.Transforms.NormalizeMinMax("S", maximumExampleCount: 2).Fit(data).Transform(data).GetColumn<float>("S"));
    }

    [Fact]
    public void Slot_names_stay()
    {
        var data = Load();
        var chain = _context.Transforms.Concatenate("F", "S", "S").Append(_context.Transforms.NormalizeMinMax("F"));
        var result = chain.Fit(data).Transform(data);
        Assert.True(result.Schema["F"].HasSlotNames());
        Assert.True(result.Schema["F"].IsNormalized());
    }

    [Fact]
    public void Other_types_are_refused_with_the_columns_name()
    {
        var data = Load();
        var wrong = Assert.Throws<ArgumentOutOfRangeException>(() => new EstimatorChain<ITransformer>().Append(_context.Transforms.NormalizeMinMax("Text")).Fit(data));
        Assert.Contains("Schema mismatch for input column 'Text': expected vector or scalar of Single or Double, got String", wrong.Message, StringComparison.Ordinal);
        var missing = Assert.Throws<ArgumentOutOfRangeException>(() => new EstimatorChain<ITransformer>().Append(_context.Transforms.NormalizeMinMax("Nowhere")).Fit(data));
        Assert.Contains("Could not find input column 'Nowhere'", missing.Message, StringComparison.Ordinal);
    }

    private void Check(NormalizingEstimator estimator, float[] expected)
    {
        var data = Load();
        var result = estimator.Fit(data).Transform(data);
        var rows = result.GetColumn<float[]>("V").ToArray();
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], rows[i][0], 6);
            Assert.Equal(0, rows[i][1]);
        }
        Assert.True(result.Schema["V"].IsNormalized());
    }

    private IDataView Load()
        => _context.Data.LoadFromEnumerable(new float[] { -2, 0, 4, 6 }.Select(x => new Row { V = [x, 5], S = x, D = x }).ToList());

    private sealed class Row
    {
        [VectorType(2)]
        public float[] V { get; set; } = [0, 0];

        public float S { get; set; }

        public double D { get; set; }

        public string Text { get; set; } = "";
    }

    private sealed class SparseRow
    {
        [VectorType(4)]
        public VBuffer<float> V { get; set; }
    }
}
