namespace Microsoft.ML.Data;

/// <summary>Mean and spread of a metric over repetitions.</summary>
public sealed class MetricStatistics
{
    private readonly double[] _values;

    internal MetricStatistics(IEnumerable<double> values) => _values = [.. values];

    public double Mean => _values.Length > 0 ? _values.Average() : double.NaN;

    public double StandardDeviation => Count > 1 ? Math.Sqrt(_values.Sum(value => Math.Pow(value - Mean, 2)) / (Count - 1)) : 0;

    public double StandardError => Count > 1 ? StandardDeviation / Math.Sqrt(Count) : 0;

    public int Count => _values.Length;

    internal static MetricStatistics Of<TMetrics>(IEnumerable<TMetrics> metrics, Func<TMetrics, double> metric) => new(metrics.Select(metric));
}

public sealed class RegressionMetricsStatistics
{
    internal RegressionMetricsStatistics(RegressionMetrics[] metrics)
    {
        MeanAbsoluteError = MetricStatistics.Of(metrics, m => m.MeanAbsoluteError);
        MeanSquaredError = MetricStatistics.Of(metrics, m => m.MeanSquaredError);
        RootMeanSquaredError = MetricStatistics.Of(metrics, m => m.RootMeanSquaredError);
        LossFunction = MetricStatistics.Of(metrics, m => m.LossFunction);
        RSquared = MetricStatistics.Of(metrics, m => m.RSquared);
    }

    public MetricStatistics MeanAbsoluteError { get; }

    public MetricStatistics MeanSquaredError { get; }

    public MetricStatistics RootMeanSquaredError { get; }

    public MetricStatistics LossFunction { get; }

    public MetricStatistics RSquared { get; }
}

public sealed class BinaryClassificationMetricsStatistics
{
    internal BinaryClassificationMetricsStatistics(BinaryClassificationMetrics[] metrics)
    {
        AreaUnderRocCurve = MetricStatistics.Of(metrics, m => m.AreaUnderRocCurve);
        Accuracy = MetricStatistics.Of(metrics, m => m.Accuracy);
        PositivePrecision = MetricStatistics.Of(metrics, m => m.PositivePrecision);
        PositiveRecall = MetricStatistics.Of(metrics, m => m.PositiveRecall);
        NegativePrecision = MetricStatistics.Of(metrics, m => m.NegativePrecision);
        NegativeRecall = MetricStatistics.Of(metrics, m => m.NegativeRecall);
        F1Score = MetricStatistics.Of(metrics, m => m.F1Score);
        AreaUnderPrecisionRecallCurve = MetricStatistics.Of(metrics, m => m.AreaUnderPrecisionRecallCurve);
    }

    public MetricStatistics AreaUnderRocCurve { get; }

    public MetricStatistics Accuracy { get; }

    public MetricStatistics PositivePrecision { get; }

    public MetricStatistics PositiveRecall { get; }

    public MetricStatistics NegativePrecision { get; }

    public MetricStatistics NegativeRecall { get; }

    public MetricStatistics F1Score { get; }

    public MetricStatistics AreaUnderPrecisionRecallCurve { get; }
}

public sealed class MulticlassClassificationMetricsStatistics
{
    internal MulticlassClassificationMetricsStatistics(MulticlassClassificationMetrics[] metrics)
    {
        MacroAccuracy = MetricStatistics.Of(metrics, m => m.MacroAccuracy);
        MicroAccuracy = MetricStatistics.Of(metrics, m => m.MicroAccuracy);
        LogLoss = MetricStatistics.Of(metrics, m => m.LogLoss);
        LogLossReduction = MetricStatistics.Of(metrics, m => m.LogLossReduction);
        TopKAccuracy = MetricStatistics.Of(metrics, m => m.TopKAccuracy);
        PerClassLogLoss = [.. metrics[0].PerClassLogLoss.Select((_, c) => MetricStatistics.Of(metrics, m => m.PerClassLogLoss[c]))];
    }

    public MetricStatistics MacroAccuracy { get; }

    public MetricStatistics MicroAccuracy { get; }

    public MetricStatistics LogLoss { get; }

    public MetricStatistics LogLossReduction { get; }

    public MetricStatistics TopKAccuracy { get; }

    public IReadOnlyList<MetricStatistics> PerClassLogLoss { get; }
}
