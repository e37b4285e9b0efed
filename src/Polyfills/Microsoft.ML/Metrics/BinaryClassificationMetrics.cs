namespace Microsoft.ML.Data;

public class BinaryClassificationMetrics
{
    internal BinaryClassificationMetrics(BinaryEvaluation evaluation)
    {
        var counts = evaluation.Confusion;
        ConfusionMatrix = new ConfusionMatrix(counts, evaluation.ClassNames, isBinary: true);
        Accuracy = (counts[0][0] + counts[1][1]) / counts.Sum(row => row.Sum());
        (PositivePrecision, NegativePrecision) = (ConfusionMatrix.PerClassPrecision[0], ConfusionMatrix.PerClassPrecision[1]);
        (PositiveRecall, NegativeRecall) = (ConfusionMatrix.PerClassRecall[0], ConfusionMatrix.PerClassRecall[1]);
        var sum = PositivePrecision + PositiveRecall;
        F1Score = sum == 0 ? 0 : 2 * PositivePrecision * PositiveRecall / sum;
        AreaUnderRocCurve = evaluation.AreaUnderRocCurve();
        AreaUnderPrecisionRecallCurve = evaluation.AreaUnderPrecisionRecallCurve();
    }

    private BinaryClassificationMetrics(BinaryClassificationMetrics a, BinaryClassificationMetrics b)
    {
        AreaUnderRocCurve = a.AreaUnderRocCurve - b.AreaUnderRocCurve;
        Accuracy = a.Accuracy - b.Accuracy;
        PositivePrecision = a.PositivePrecision - b.PositivePrecision;
        PositiveRecall = a.PositiveRecall - b.PositiveRecall;
        NegativePrecision = a.NegativePrecision - b.NegativePrecision;
        NegativeRecall = a.NegativeRecall - b.NegativeRecall;
        F1Score = a.F1Score - b.F1Score;
        AreaUnderPrecisionRecallCurve = a.AreaUnderPrecisionRecallCurve - b.AreaUnderPrecisionRecallCurve;
    }

    public double AreaUnderRocCurve { get; }

    public double Accuracy { get; }

    public double PositivePrecision { get; }

    public double PositiveRecall { get; }

    public double NegativePrecision { get; }

    public double NegativeRecall { get; }

    public double F1Score { get; }

    public double AreaUnderPrecisionRecallCurve { get; }

    public ConfusionMatrix ConfusionMatrix { get; }

    internal static BinaryClassificationMetrics Difference(BinaryClassificationMetrics a, BinaryClassificationMetrics b) => new(a, b);
}

public sealed class CalibratedBinaryClassificationMetrics : BinaryClassificationMetrics
{
    internal CalibratedBinaryClassificationMetrics(BinaryEvaluation evaluation)
        : base(evaluation)
        => (LogLoss, LogLossReduction, Entropy) = evaluation.LogLosses();

    /// <summary>Mean of −log2 of the probability given to the true class.</summary>
    public double LogLoss { get; }

    public double LogLossReduction { get; }

    /// <summary>Entropy of the labels in bits.</summary>
    public double Entropy { get; }
}
