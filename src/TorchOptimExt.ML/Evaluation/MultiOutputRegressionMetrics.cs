namespace TorchOptimExt.ML.Evaluation;

/// <summary>How well a regression with several outputs predicts: each output, and the means over those that have labels.</summary>
public sealed class MultiOutputRegressionMetrics
{
    internal MultiOutputRegressionMetrics(IReadOnlyList<OutputMetrics> outputs) => Outputs = outputs;

    /// <summary>The metrics of each output, in the label's order.</summary>
    public IReadOnlyList<OutputMetrics> Outputs { get; }

    /// <summary>The mean of the outputs' mean absolute errors.</summary>
    public double MeanAbsoluteError => Mean(output => output.MeanAbsoluteError);

    /// <summary>The mean of the outputs' mean squared errors.</summary>
    public double MeanSquaredError => Mean(output => output.MeanSquaredError);

    /// <summary>The mean of the outputs' root mean squared errors.</summary>
    public double RootMeanSquaredError => Mean(output => output.RootMeanSquaredError);

    /// <summary>The mean of the outputs' R².</summary>
    public double RSquared => Mean(output => output.RSquared);

    private double Mean(Func<OutputMetrics, double> metric) =>
        Outputs.Where(output => output.Rows > 0).Select(metric).DefaultIfEmpty(double.NaN).Average();
}
