using Microsoft.ML.Data;

namespace Microsoft.ML.Polyfill.Tests;

/// <summary>Models that use the second of three slots alone: only its permutation may change a metric.</summary>
public class PermutationImportanceTests
{
    private readonly MLContext _context = new(seed: 9);

    [Fact]
    public void Regression_metrics_get_worse_by_the_slot_in_use()
    {
        var data = _context.Data.LoadFromEnumerable(Enumerable.Range(0, 50).Select(i => new RegressionRow { Label = i, Features = [i % 7, i, 1] }).ToList());
        var model = _context.Transforms.CustomMapping<FeatureInput, RegressionOutput>((input, output) => output.Score = input.Features[1], null).Fit(data);
        var importance = _context.Regression.PermutationFeatureImportance(new SingleFeature(model), data, permutationCount: 4);
        Assert.Equal(3, importance.Length);
        Assert.All([importance[0], importance[2]], slot => Assert.Equal(0, slot.RSquared.Mean));
        Assert.True(importance[1].RSquared.Mean < -0.5);
        Assert.True(importance[1].MeanAbsoluteError.Mean > 5);
        Assert.Equal(importance[1].RSquared.StandardDeviation / 2, importance[1].RSquared.StandardError, 12);
        Assert.Equal(4, importance[1].RootMeanSquaredError.Count);
    }

    [Fact]
    public void Multiclass_metrics_get_worse_by_the_slot_in_use()
    {
        var data = _context.Data.LoadFromEnumerable(Enumerable.Range(0, 60).Select(i => new MulticlassRow { Label = (uint)i % 3, Features = [i % 7, i % 3, 1] }).ToList());
        var model = _context.Transforms.CustomMapping<FeatureInput, MulticlassOutput>((input, output) =>
            output.Score = [.. Enumerable.Range(0, 3).Select(c => input.Features[1] == c ? 0.8f : 0.1f)], null).Fit(data);
        var importance = _context.MulticlassClassification.PermutationFeatureImportance(new SingleFeature(model), data);
        Assert.Equal(0, importance[0].MicroAccuracy.Mean);
        Assert.True(importance[1].MicroAccuracy.Mean < -0.3);
        Assert.True(importance[1].LogLoss.Mean > 0.3);
        Assert.Equal(3, importance[1].PerClassLogLoss.Count);
        Assert.Equal(1, importance[1].MacroAccuracy.Count);
        Assert.Equal(0, importance[1].MacroAccuracy.StandardDeviation);
    }

    [Fact]
    public void The_number_of_examples_can_be_limited()
    {
        var data = _context.Data.LoadFromEnumerable(Enumerable.Range(0, 50).Select(i => new RegressionRow { Label = i, Features = [i, i, 1] }).ToList());
        var model = _context.Transforms.CustomMapping<FeatureInput, RegressionOutput>((input, output) => output.Score = input.Features[1], null).Fit(data);
        var importance = _context.Regression.PermutationFeatureImportance(new SingleFeature(model), data, numberOfExamplesToUse: 5);
        Assert.InRange(importance[1].MeanAbsoluteError.Mean, 0, 4);
    }

    private sealed class RegressionRow
    {
        public float Label { get; set; }

        [VectorType(3)]
        public float[] Features { get; set; } = [];
    }

    private sealed class MulticlassRow
    {
        [KeyType(3)]
        public uint Label { get; set; }

        [VectorType(3)]
        public float[] Features { get; set; } = [];
    }

    private sealed class FeatureInput
    {
        public float[] Features { get; set; } = [];
    }

    private sealed class RegressionOutput
    {
        public float Score { get; set; }
    }

    private sealed class MulticlassOutput
    {
        [VectorType(3)]
        public float[] Score { get; set; } = [];

        [KeyType(3)]
        public uint PredictedLabel { get; set; }
    }

    /// <summary>Any transformer as one that predicts from the column Features.</summary>
    private sealed class SingleFeature(ITransformer inner) : ISingleFeaturePredictionTransformer<object>
    {
        public object Model => inner;

        public string FeatureColumnName => "Features";

        public DataViewType FeatureColumnType => new VectorDataViewType(NumberDataViewType.Single, 3);

        public bool IsRowToRowMapper => true;

        public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => inner.GetOutputSchema(inputSchema);

        public IDataView Transform(IDataView input) => inner.Transform(input);

        public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => inner.GetRowToRowMapper(inputSchema);

        void ICanSaveModel.Save(ModelSaveContext ctx) => inner.Save(ctx);
    }
}
