using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.Data;
using static TorchOptimExt.ML.Tests.Pipelines;

namespace TorchOptimExt.ML.Tests.Evaluation;

/// <summary>Metrics are those of scikit-learn: metrics.py made scored.csv and metrics.json.</summary>
public class MetricsTests
{
    private static readonly JsonElement Expected = JsonDocument.Parse(File.ReadAllText(Beside("metrics.json"))).RootElement;

    [Theory, InlineData(false, "regression"), InlineData(true, "regression with missing")]
    public void Regression_of_several_outputs_is_measured_as_by_scikit_learn(bool missing, string name)
    {
        var metrics = Context.MultiOutputRegression().Evaluate(Scored(missing), "Numbers", "NumberScores");
        AssertEqual(Expected.GetProperty(name), metrics);
        foreach (var (expected, output) in Expected.GetProperty(name).GetProperty("outputs").EnumerateArray().Zip(metrics.Outputs)) AssertEqual(expected, output);
        Assert.Equal(["0", "1", "2"], metrics.Outputs.Select(o => o.Name));
    }

    [Theory, InlineData(false, "labels"), InlineData(true, "labels with missing")]
    public void Several_labels_are_measured_as_by_scikit_learn(bool missing, string name)
    {
        var metrics = Context.MultiLabelClassification().Evaluate(Scored(missing), "Truths", "Logits", "Predicted");
        AssertEqual(Expected.GetProperty(name), metrics);
        foreach (var (expected, label) in Expected.GetProperty(name).GetProperty("labels").EnumerateArray().Zip(metrics.Labels)) AssertEqual(expected, label);
    }

    [Fact]
    public void Labels_may_be_Boolean()
    {
        var metrics = Context.MultiLabelClassification().Evaluate(Scored(false), "BooleanTruths", "Logits", "Predicted");
        Assert.Equal(Expected.GetProperty("labels").GetProperty("HammingLoss").GetDouble(), metrics.HammingLoss, 1e-12);
    }

    // scikit-learn 1.2: r2_score([2, 2], [2, 2]) is 1, r2_score([2, 2], [2, 3]) is 0.
    [Fact]
    public void A_label_that_does_not_vary_has_R2_1_where_all_is_right_and_0_otherwise()
    {
        var data = Context.Data.LoadFromEnumerable([new Pair { Label = [2, 2, float.NaN], Score = [2, 2, 1] }, new Pair { Label = [2, 2, float.NaN], Score = [2, 3, 1] }]);
        var metrics = Context.MultiOutputRegression().Evaluate(data);
        Assert.Equal([1, 0, double.NaN], metrics.Outputs.Select(o => o.RSquared));
        Assert.Equal(0.5, metrics.RSquared);
        Assert.Equal(0, metrics.Outputs[2].Rows);
    }

    [Fact]
    public void A_label_of_one_kind_has_no_area_under_the_curve()
    {
        var data = Context.Data.LoadFromEnumerable([new Tagged { Label = [1, 1], Score = [1, -1], PredictedLabel = [true, false] }, new Tagged { Label = [0, 1], Score = [-1, 1], PredictedLabel = [false, true] }]);
        var metrics = Context.MultiLabelClassification().Evaluate(data);
        Assert.Equal([1, double.NaN], metrics.Labels.Select(l => l.AreaUnderRocCurve));
        Assert.Equal(1, metrics.MacroAreaUnderRocCurve);
    }

    [Fact]
    public void Columns_that_do_not_fit_are_named()
    {
        var regression = Context.MultiOutputRegression();
        Assert.Contains("'Missing'", Assert.Throws<ArgumentOutOfRangeException>(() => regression.Evaluate(Scored(false), "Missing")).Message, StringComparison.Ordinal);
        Assert.Contains("size 3", Assert.Throws<ArgumentOutOfRangeException>(() => regression.Evaluate(Scored(false), "Numbers", "Logits")).Message, StringComparison.Ordinal);
        Assert.Contains("0, 1 or NaN", Assert.Throws<InvalidOperationException>(() => Context.MultiLabelClassification().Evaluate(
            Context.Data.LoadFromEnumerable([new Tagged { Label = [2, 0], Score = [0, 0], PredictedLabel = [true, false] }]))).Message, StringComparison.Ordinal);
    }

    private static void AssertEqual(JsonElement expected, object actual)
    {
        foreach (var metric in expected.EnumerateObject().Where(p => p.Value.ValueKind == JsonValueKind.Number))
            Assert.Equal(metric.Value.GetDouble(), Convert.ToDouble(actual.GetType().GetProperty(metric.Name)!.GetValue(actual), CultureInfo.InvariantCulture), 1e-9 * Math.Max(1, metric.Value.GetDouble()));
    }

    private static IDataView Scored(bool missing) => Context.Data.LoadFromEnumerable(File.ReadLines(Beside("scored.csv")).Select(line =>
    {
        float[] values = [.. line.Split(',').Select(v => float.Parse(v, CultureInfo.InvariantCulture))];
        var gone = values[14..];
        return new Line
        {
            Numbers = [.. values[..3].Select((v, k) => missing && gone[k] == 1 ? float.NaN : v)],
            NumberScores = values[3..6],
            Truths = [.. values[6..10].Select((v, k) => missing && gone[3 + k] == 1 ? float.NaN : v)],
            BooleanTruths = [.. values[6..10].Select(v => v == 1)],
            Logits = values[10..14],
            Predicted = [.. values[10..14].Select(v => v > 0)],
        };
    }));

    private static string Beside(string name, [CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, name);

    private sealed class Line
    {
        [VectorType(3)] public float[] Numbers { get; set; } = [];
        [VectorType(3)] public float[] NumberScores { get; set; } = [];
        [VectorType(4)] public float[] Truths { get; set; } = [];
        [VectorType(4)] public bool[] BooleanTruths { get; set; } = [];
        [VectorType(4)] public float[] Logits { get; set; } = [];
        [VectorType(4)] public bool[] Predicted { get; set; } = [];
    }

    private sealed class Pair
    {
        [VectorType(3)] public float[] Label { get; set; } = [];
        [VectorType(3)] public float[] Score { get; set; } = [];
    }

    private sealed class Tagged
    {
        [VectorType(2)] public float[] Label { get; set; } = [];
        [VectorType(2)] public float[] Score { get; set; } = [];
        [VectorType(2)] public bool[] PredictedLabel { get; set; } = [];
    }
}
