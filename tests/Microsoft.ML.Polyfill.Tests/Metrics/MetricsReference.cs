using System.Text.Json;

namespace Microsoft.ML.Polyfill.Tests;

/// <summary>Small data sets and their metrics, worked out from the definitions by References/metrics.py.</summary>
public sealed record MetricsReference(BinaryCase[] Binary, MulticlassCase[] Multiclass, RegressionCase[] Regression)
{
    private static readonly JsonSerializerOptions Options = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    public static MetricsReference Load()
        => JsonSerializer.Deserialize<MetricsReference>(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "References", "metrics.json")), Options)!;
}

public sealed record BinaryCase(bool[] Labels, float[] Scores, float[] Probabilities, double AreaUnderRocCurve, double AreaUnderPrecisionRecallCurve,
    double Accuracy, double PositivePrecision, double PositiveRecall, double NegativePrecision, double NegativeRecall, double F1Score, double LogLoss,
    double LogLossReduction, double Entropy, double[][] Confusion);

public sealed record MulticlassCase(int[] Labels, float[][] Scores, double MicroAccuracy, double MacroAccuracy, double LogLoss, double LogLossReduction,
    double[] PerClassLogLoss, double[] TopK, double[][] Confusion);

public sealed record RegressionCase(float[] Labels, float[] Scores, double MeanAbsoluteError, double MeanSquaredError, double RootMeanSquaredError, double RSquared);
