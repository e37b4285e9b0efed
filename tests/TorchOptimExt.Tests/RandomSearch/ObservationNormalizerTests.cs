using TorchOptimExt.RandomSearch;
using TorchSharp;
using static TorchSharp.torch;

namespace TorchOptimExt.Tests.RandomSearch;

public class ObservationNormalizerTests
{
    // Large offsets, so that the textbook formula E[x²] − E[x]² would lose all digits.
    private static readonly double[,] Observations = { { 1e9 + 1, 5, -1 }, { 1e9 + 2, 5, 0.5 }, { 1e9 + 6, 5, 4 }, { 1e9 + 7, 5, 0 } };
    private static readonly double[] Means = [1e9 + 4, 5, 0.875];

    // Of the four rows: sums of squares 26, 0 and 14.1875, over n − 1 = 3.
    private static readonly double[] Deviations = [Math.Sqrt(26 / 3.0), double.PositiveInfinity, Math.Sqrt(14.1875 / 3)];

    [Fact]
    public void Mean_and_deviation_are_those_of_all_observations()
    {
        using var scope = NewDisposeScope();
        var (oneByOne, batches, merged, other) = (new ObservationNormalizer(3), new ObservationNormalizer(3), new ObservationNormalizer(3), new ObservationNormalizer(3));
        var rows = tensor(Observations);
        for (var k = 0; k < 4; k++) oneByOne.observe(rows[k]);
        batches.observe(rows.narrow(0, 0, 3));
        batches.observe(rows.narrow(0, 3, 1));
        merged.observe(rows[0]);
        other.observe(rows.narrow(0, 1, 3));
        merged.merge(other);
        merged.merge(new ObservationNormalizer(3));
        foreach (var normalizer in new[] { oneByOne, batches, merged })
        {
            Assert.Equal(4, normalizer.Count);
            AssertClose(Means, normalizer.Mean());
            AssertClose(Deviations, normalizer.StandardDeviation());
        }
    }

    [Fact]
    public void Normalizes_without_recording()
    {
        using var scope = NewDisposeScope();
        var normalizer = new ObservationNormalizer(3);
        var rows = tensor(Observations);
        Assert.True(normalizer.forward(rows).Equals(rows));
        normalizer.observe(rows);
        AssertClose([(1e9 + 1 - Means[0]) / Deviations[0], 0, (-1 - Means[2]) / Deviations[2]], normalizer.forward(rows)[0]);
        Assert.Equal(ScalarType.Float32, normalizer.forward(rows.to(ScalarType.Float32)).dtype);
        Assert.Equal(4, normalizer.Count);
        normalizer.reset();
        Assert.Equal(0, normalizer.Count);
        Assert.Throws<ArgumentException>(() => normalizer.observe(zeros(2)));
        Assert.Throws<ArgumentException>(() => normalizer.merge(new ObservationNormalizer(2)));
    }

    [Fact]
    public void State_is_in_the_state_dict_and_outlives_scopes()
    {
        ObservationNormalizer normalizer;
        using (NewDisposeScope()) normalizer = new(3);
        using var _ = normalizer;
        using (NewDisposeScope()) normalizer.observe(tensor(Observations));
        using var other = new ObservationNormalizer(3);
        other.load_state_dict(normalizer.state_dict());
        Assert.Equal(4, other.Count);
        AssertClose(Deviations, other.StandardDeviation());
        Assert.Equal(["count", "mean", "squares"], normalizer.state_dict().Keys.Order());
    }

    [Fact]
    public void What_is_no_observation_is_refused_and_not_recorded()
    {
        using var scope = NewDisposeScope();
        var normalizer = new ObservationNormalizer(3);
        normalizer.observe(tensor(Observations));
        foreach (var wrong in new[] { double.NaN, double.PositiveInfinity, double.NegativeInfinity })
            Assert.Throws<ArgumentException>(() => normalizer.observe(tensor(new double[,] { { 1, 2, 3 }, { 4, wrong, 6 } })));
        foreach (var wrong in new[] { zeros(2), zeros([], ScalarType.Float32), zeros(3, 2) })
            Assert.Throws<ArgumentException>(() => normalizer.forward(wrong));
        Assert.Equal(4, normalizer.Count);
        AssertClose(Means, normalizer.Mean());
        AssertClose(Deviations, normalizer.StandardDeviation());
    }

    [Fact]
    public void Conversion_of_the_module_converts_it()
    {
        using var scope = NewDisposeScope();
        var normalizer = new ObservationNormalizer(1);
        normalizer.to(ScalarType.Float32);
        normalizer.observe(tensor(new double[,] { { 1 }, { 3 } }));
        Assert.Equal(2, normalizer.Count);
        AssertClose([2], normalizer.Mean().to(ScalarType.Float64));
    }

    private static void AssertClose(double[] expected, Tensor actual)
    {
        foreach (var (e, a) in expected.Zip(actual.data<double>().ToArray())) Assert.Equal(e, a, double.IsInfinity(e) ? 0 : 1e-12 * Math.Max(1, Math.Abs(e)));
    }
}
