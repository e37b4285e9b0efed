namespace Microsoft.ML.Data;

public sealed class RegressionMetrics
{
    /// <summary>Evaluates; rows whose label or score is NaN do not count.</summary>
    internal RegressionMetrics(IDataView data, string labelName, string scoreName)
    {
        var label = ScoredRows.Column(data, "Label", labelName);
        var score = ScoredRows.Column(data, "Score", scoreName);
        ScoredRows.CheckType(score, "score", score.Type == NumberDataViewType.Single, "Single");
        ScoredRows.CheckType(label, "label", label.Type == NumberDataViewType.Single, "Single");
        var (count, absolute, squared, loss, labels, squaredLabels) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0);
        using var cursor = data.GetRowCursor([label, score]);
        var readLabel = ClrValue.Reader<float>(cursor, label);
        var readScore = ClrValue.Reader<float>(cursor, score);
        while (cursor.MoveNext())
        {
            var (truth, predicted) = (readLabel(), readScore());
            var error = Math.Abs((double)truth - predicted);
            if (float.IsNaN(truth) || float.IsNaN(predicted))
                continue;
            count++;
            absolute += error;
            squared += error * error;
            loss += (float)error * (float)error;
            labels += truth;
            // ML.NET squares labels and losses in single precision.
            squaredLabels += (float)(truth * truth);
        }
        if (count == 0)
            return;
        MeanAbsoluteError = absolute / count;
        MeanSquaredError = squared / count;
        RootMeanSquaredError = Math.Sqrt(MeanSquaredError);
        LossFunction = loss / count;
        var total = squaredLabels - labels * labels / count;
        RSquared = total == 0 ? double.NaN : 1 - squared / total;
    }

    private RegressionMetrics(RegressionMetrics a, RegressionMetrics b)
    {
        MeanAbsoluteError = a.MeanAbsoluteError - b.MeanAbsoluteError;
        MeanSquaredError = a.MeanSquaredError - b.MeanSquaredError;
        RootMeanSquaredError = a.RootMeanSquaredError - b.RootMeanSquaredError;
        LossFunction = a.LossFunction - b.LossFunction;
        RSquared = a.RSquared - b.RSquared;
    }

    public double MeanAbsoluteError { get; }

    public double MeanSquaredError { get; }

    public double RootMeanSquaredError { get; }

    public double LossFunction { get; }

    public double RSquared { get; }

    internal static RegressionMetrics Difference(RegressionMetrics a, RegressionMetrics b) => new(a, b);
}
