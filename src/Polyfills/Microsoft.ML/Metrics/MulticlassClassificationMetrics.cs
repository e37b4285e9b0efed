namespace Microsoft.ML.Data;

public sealed class MulticlassClassificationMetrics
{
    internal MulticlassClassificationMetrics(MulticlassEvaluation evaluation, int topKPredictionCount)
    {
        ConfusionMatrix = new ConfusionMatrix(evaluation.Confusion, evaluation.ClassNames, isBinary: false);
        MicroAccuracy = evaluation.MicroAccuracy;
        MacroAccuracy = evaluation.MacroAccuracy;
        LogLoss = evaluation.LogLoss;
        LogLossReduction = evaluation.LogLossReduction;
        PerClassLogLoss = evaluation.PerClassLogLoss;
        TopKPredictionCount = topKPredictionCount;
        if (topKPredictionCount > 0)
            TopKAccuracyForAllK = evaluation.TopKAccuracies(topKPredictionCount);
    }

    private MulticlassClassificationMetrics(MulticlassClassificationMetrics a, MulticlassClassificationMetrics b)
    {
        MicroAccuracy = a.MicroAccuracy - b.MicroAccuracy;
        MacroAccuracy = a.MacroAccuracy - b.MacroAccuracy;
        LogLoss = a.LogLoss - b.LogLoss;
        LogLossReduction = a.LogLossReduction - b.LogLossReduction;
        PerClassLogLoss = [.. a.PerClassLogLoss.Zip(b.PerClassLogLoss, (x, y) => x - y)];
        TopKPredictionCount = a.TopKPredictionCount;
    }

    public double LogLoss { get; }

    public double LogLossReduction { get; }

    public double MacroAccuracy { get; }

    public double MicroAccuracy { get; }

    public double TopKAccuracy => TopKAccuracyForAllK is { Count: > 0 } all ? all[^1] : 0;

    public int TopKPredictionCount { get; }

    public IReadOnlyList<double> TopKAccuracyForAllK { get; }

    public IReadOnlyList<double> PerClassLogLoss { get; }

    public ConfusionMatrix ConfusionMatrix { get; }

    internal static MulticlassClassificationMetrics Difference(MulticlassClassificationMetrics a, MulticlassClassificationMetrics b) => new(a, b);
}
