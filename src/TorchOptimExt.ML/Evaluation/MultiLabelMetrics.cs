namespace TorchOptimExt.ML.Evaluation;

/// <summary>How well several labels are predicted: each label, and all together.</summary>
public sealed class MultiLabelMetrics
{
    internal MultiLabelMetrics(IReadOnlyList<LabelMetrics> labels, double subsetAccuracy) =>
        (Labels, SubsetAccuracy) = (labels, subsetAccuracy);

    /// <summary>The metrics of each label, in the label column's order.</summary>
    public IReadOnlyList<LabelMetrics> Labels { get; }

    /// <summary>The share of labels that are wrong, over all rows and labels that are not missing.</summary>
    public double HammingLoss => (double)Labels.Sum(l => l.FalsePositives + l.FalseNegatives) / Labels.Sum(l => l.Rows);

    /// <summary>The share of rows whose labels are all right, as far as they are not missing.</summary>
    public double SubsetAccuracy { get; }

    /// <summary>F1 of all labels' predictions together: frequent labels count more.</summary>
    public double MicroF1Score => LabelMetrics.Share(2 * Labels.Sum(l => l.TruePositives),
        Labels.Sum(l => 2 * l.TruePositives + l.FalsePositives + l.FalseNegatives));

    /// <summary>The mean of the labels' F1: all labels count alike.</summary>
    public double MacroF1Score => Labels.Average(l => l.F1Score);

    /// <summary>The mean of the labels' areas under the ROC curve, as far as they have one.</summary>
    public double MacroAreaUnderRocCurve =>
        Labels.Select(l => l.AreaUnderRocCurve).Where(auc => !double.IsNaN(auc)).DefaultIfEmpty(double.NaN).Average();
}
