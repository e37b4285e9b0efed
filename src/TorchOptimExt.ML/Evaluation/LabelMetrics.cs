namespace TorchOptimExt.ML.Evaluation;

/// <summary>How well one of several labels was predicted, over the rows in which it is not missing.</summary>
public sealed class LabelMetrics
{
    internal LabelMetrics(string name, long truePositives, long falsePositives, long falseNegatives, long trueNegatives, double auc) =>
        (Name, TruePositives, FalsePositives, FalseNegatives, TrueNegatives, AreaUnderRocCurve) =
        (name, truePositives, falsePositives, falseNegatives, trueNegatives, auc);

    /// <summary>The label's slot name; the slot's number, from 0, where it has none.</summary>
    public string Name { get; }

    /// <summary>The number of rows in which the label is true and predicted.</summary>
    public long TruePositives { get; }

    /// <summary>The number of rows in which the label is false and predicted.</summary>
    public long FalsePositives { get; }

    /// <summary>The number of rows in which the label is true and not predicted.</summary>
    public long FalseNegatives { get; }

    /// <summary>The number of rows in which the label is false and not predicted.</summary>
    public long TrueNegatives { get; }

    /// <summary>The number of rows in which the label is not missing.</summary>
    public long Rows => TruePositives + FalsePositives + FalseNegatives + TrueNegatives;

    /// <summary>The share of rows that are right; NaN without rows.</summary>
    public double Accuracy => (double)(TruePositives + TrueNegatives) / Rows;

    /// <summary>The share of the predicted that are true; 0 where none is predicted.</summary>
    public double Precision => Share(TruePositives, TruePositives + FalsePositives);

    /// <summary>The share of the true that are predicted; 0 where none is true.</summary>
    public double Recall => Share(TruePositives, TruePositives + FalseNegatives);

    /// <summary>The harmonic mean of precision and recall, 2 TP / (2 TP + FP + FN); 0 where none is true or predicted.</summary>
    public double F1Score => Share(2 * TruePositives, 2 * TruePositives + FalsePositives + FalseNegatives);

    /// <summary>
    /// The probability that a row in which the label is true has the higher score of the two than one in which it is false, ties counting
    /// half; NaN where there are rows of one kind only.
    /// </summary>
    public double AreaUnderRocCurve { get; }

    internal static double Share(long part, long whole) => whole == 0 ? 0 : (double)part / whole;
}
