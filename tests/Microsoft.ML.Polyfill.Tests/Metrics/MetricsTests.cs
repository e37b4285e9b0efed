using Microsoft.ML.Data;

namespace Microsoft.ML.Polyfill.Tests;

/// <summary>Evaluation against values worked out from the definitions; sums in another order differ in the last digits.</summary>
public class MetricsTests
{
    private const int Digits = 9;
    private readonly MLContext _context = new();
    private readonly MetricsReference _reference = MetricsReference.Load();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Binary_metrics_equal_their_definitions(int index)
    {
        var expected = _reference.Binary[index];
        var metrics = _context.BinaryClassification.Evaluate(Binary(expected));
        Assert.Equal(expected.AreaUnderRocCurve, metrics.AreaUnderRocCurve, Digits);
        Assert.Equal(expected.AreaUnderPrecisionRecallCurve, metrics.AreaUnderPrecisionRecallCurve, Digits);
        Assert.Equal(expected.Accuracy, metrics.Accuracy, Digits);
        Assert.Equal(expected.PositivePrecision, metrics.PositivePrecision, Digits);
        Assert.Equal(expected.PositiveRecall, metrics.PositiveRecall, Digits);
        Assert.Equal(expected.NegativePrecision, metrics.NegativePrecision, Digits);
        Assert.Equal(expected.NegativeRecall, metrics.NegativeRecall, Digits);
        Assert.Equal(expected.F1Score, metrics.F1Score, Digits);
        Assert.Equal(expected.LogLoss, metrics.LogLoss, Digits);
        Assert.Equal(expected.LogLossReduction, metrics.LogLossReduction, Digits);
        Assert.Equal(expected.Entropy, metrics.Entropy, Digits);
        Assert.Equal(expected.Confusion, metrics.ConfusionMatrix.Counts.Select(row => row.ToArray()));
        Assert.Equal(metrics.PositivePrecision, metrics.ConfusionMatrix.PerClassPrecision[0]);
        Assert.Equal(2, metrics.ConfusionMatrix.NumberOfClasses);
    }

    [Fact]
    public void Binary_metrics_without_probability_are_the_same()
    {
        var expected = _reference.Binary[0];
        var data = _context.Transforms.DropColumns("Probability").Fit(Binary(expected)).Transform(Binary(expected));
        var metrics = _context.BinaryClassification.EvaluateNonCalibrated(data);
        Assert.Equal(expected.AreaUnderRocCurve, metrics.AreaUnderRocCurve, Digits);
        Assert.Equal(expected.F1Score, metrics.F1Score, Digits);
    }

    [Fact]
    public void Area_under_the_curve_needs_both_classes()
    {
        var expected = _reference.Binary[0] with { Labels = new bool[40] };
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => _context.BinaryClassification.Evaluate(Binary(expected)));
        Assert.Contains("AUC is not defined when there is no positive class in the data", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(3)]
    public void Multiclass_metrics_equal_their_definitions(int topK)
    {
        var expected = _reference.Multiclass[0];
        var metrics = _context.MulticlassClassification.Evaluate(Multiclass(expected), topKPredictionCount: topK);
        Assert.Equal(expected.MicroAccuracy, metrics.MicroAccuracy, Digits);
        Assert.Equal(expected.MacroAccuracy, metrics.MacroAccuracy, Digits);
        Assert.Equal(expected.LogLoss, metrics.LogLoss, Digits);
        Assert.Equal(expected.LogLossReduction, metrics.LogLossReduction, Digits);
        Assert.Equal(expected.PerClassLogLoss.Select(x => Math.Round(x, Digits)), metrics.PerClassLogLoss.Select(x => Math.Round(x, Digits)));
        Assert.Equal(expected.Confusion, metrics.ConfusionMatrix.Counts.Select(row => row.ToArray()));
        Assert.Equal(topK, metrics.TopKPredictionCount);
        Assert.Equal(topK == 0 ? 0 : expected.TopK[topK - 1], metrics.TopKAccuracy, Digits);
        if (topK == 0)
            Assert.Null(metrics.TopKAccuracyForAllK);
        else
            Assert.Equal(expected.TopK.Take(topK).Select(x => Math.Round(x, Digits)), metrics.TopKAccuracyForAllK.Select(x => Math.Round(x, Digits)));
    }

    [Fact]
    public void Multiclass_labels_that_are_missing_or_unknown_are_ignored_or_punished()
    {
        var data = _context.Data.LoadFromEnumerable(new List<MulticlassRow>
        {
            new() { Label = 9, Score = [0.9f, 0.1f] },
            new() { Label = 0, Score = [0.25f, 0.75f] },
            new() { Label = 2, Score = [0.5f, 0.5f] },
        }, Shape(2));
        var metrics = _context.MulticlassClassification.Evaluate(data);
        // The first label is beyond the key's values. The third has no score: it counts as wrong, with the probability 1e-15.
        Assert.Equal(0, metrics.MicroAccuracy);
        Assert.Equal((-Math.Log(0.25) - Math.Log(1e-15f)) / 2, metrics.LogLoss, 6);
        Assert.Equal([[0, 1], [0, 0]], metrics.ConfusionMatrix.Counts.Select(row => row.ToArray()));
    }

    [Fact]
    public void Regression_metrics_equal_their_definitions()
    {
        var expected = _reference.Regression[0];
        var metrics = _context.Regression.Evaluate(Regression(expected));
        Assert.Equal(expected.MeanAbsoluteError, metrics.MeanAbsoluteError, Digits);
        Assert.Equal(expected.MeanSquaredError, metrics.MeanSquaredError, Digits);
        Assert.Equal(expected.RootMeanSquaredError, metrics.RootMeanSquaredError, Digits);
        // ML.NET squares the labels in single precision.
        Assert.Equal(expected.RSquared, metrics.RSquared, 7);
        // The loss function is evaluated in single precision.
        Assert.Equal(expected.MeanSquaredError, metrics.LossFunction, 6);
    }

    [Fact]
    public void Missing_columns_are_named()
    {
        var data = Binary(_reference.Binary[0]);
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => _context.BinaryClassification.Evaluate(data, labelColumnName: "Truth"));
        Assert.Contains("Truth column 'Label' not found", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => _context.Regression.Evaluate(data, labelColumnName: "Label"));
    }

    [Fact]
    public void Confusion_table_is_laid_out_as_text()
    {
        var data = _context.Data.LoadFromEnumerable(new List<BinaryRow>
        {
            new() { Label = true, Score = 1 },
            new() { Label = true, Score = -1 },
            new() { Label = false, Score = -2 },
        });
        var table = _context.BinaryClassification.EvaluateNonCalibrated(data).ConfusionMatrix.GetFormattedConfusionTable();
        string[] expected =
        [
            "TEST POSITIVE RATIO:\t0.6667 (2.0/(2.0+1.0))",
            "Confusion table",
            "          ||======================",
            "PREDICTED || positive | negative | Recall",
            "TRUTH     ||======================",
            " positive ||        1 |        1 | 0.5000",
            " negative ||        0 |        1 | 1.0000",
            "          ||======================",
            "Precision ||   1.0000 |   0.5000 |",
            "",
        ];
        Assert.Equal(string.Join('\n', expected), table.ReplaceLineEndings("\n"));
    }

    private IDataView Binary(BinaryCase data)
        => _context.Data.LoadFromEnumerable(data.Labels.Select((label, i) => new BinaryRow { Label = label, Score = data.Scores[i], Probability = data.Probabilities[i] }).ToList());

    private IDataView Multiclass(MulticlassCase data)
        => _context.Data.LoadFromEnumerable(data.Labels.Select((label, i) => new MulticlassRow { Label = (uint)label, Score = data.Scores[i] }).ToList(), Shape(4));

    private IDataView Regression(RegressionCase data)
        => _context.Data.LoadFromEnumerable(data.Labels.Select((label, i) => new RegressionRow { Label = label, Score = data.Scores[i] }).ToList());

    private static SchemaDefinition Shape(int classes)
    {
        var shape = SchemaDefinition.Create(typeof(MulticlassRow));
        shape["Score"].ColumnType = new VectorDataViewType(NumberDataViewType.Single, classes);
        return shape;
    }

    private sealed class BinaryRow
    {
        public bool Label { get; set; }

        public float Score { get; set; }

        public float Probability { get; set; }

        public bool PredictedLabel { get; set; }
    }

    private sealed class MulticlassRow
    {
        [KeyType(4)]
        public uint Label { get; set; }

        public float[] Score { get; set; } = [];

        [KeyType(4)]
        public uint PredictedLabel { get; set; }
    }

    private sealed class RegressionRow
    {
        public float Label { get; set; }

        public float Score { get; set; }
    }
}
