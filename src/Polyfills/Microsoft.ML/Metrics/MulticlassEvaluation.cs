namespace Microsoft.ML.Data;

/// <summary>Counts and sums of a pass over multiclass predictions: one score, taken as a probability, for each class.</summary>
internal sealed class MulticlassEvaluation
{
    private const float SmallestProbability = 1e-15f;
    private readonly double[] _countOfClass;
    private readonly double[] _logLossOfClass;
    private readonly double[] _countOfRank;
    private double _count;
    private double _logLoss;

    public MulticlassEvaluation(IDataView data, string labelName, string scoreName, string predictedLabelName)
    {
        var label = ScoredRows.Column(data, "Label", labelName);
        var score = ScoredRows.Column(data, "Score", scoreName);
        ScoredRows.Column(data, "PredictedLabel", predictedLabelName);
        ScoredRows.CheckType(score, "score", score.Type is VectorDataViewType { Size: >= 2 } vector && vector.ItemType == NumberDataViewType.Single, "vector of two or more items of type Single");
        ScoredRows.CheckType(label, "label", label.Type == NumberDataViewType.Single || label.Type is KeyDataViewType, "Single or Key");
        var classes = score.Type.SlotCount();
        ClassNames = Names(score, classes);
        Confusion = [.. Enumerable.Range(0, classes).Select(_ => new double[classes])];
        (_countOfClass, _logLossOfClass, _countOfRank) = (new double[classes], new double[classes], new double[classes + 1]);
        Read(data, label, score);
    }

    /// <summary>Counts by true class, then predicted class.</summary>
    public double[][] Confusion { get; }

    public string[] ClassNames { get; }

    public double MicroAccuracy => _count > 0 ? _countOfRank[0] / _count : 0;

    public double MacroAccuracy
        => Enumerable.Range(0, _countOfClass.Length).Where(c => _countOfClass[c] > 0).Select(c => Confusion[c][c] / _countOfClass[c]).DefaultIfEmpty(0).Average();

    /// <summary>Mean of −ln of the probability given to the true class.</summary>
    public double LogLoss => _count > 0 ? _logLoss / _count : 0;

    public double LogLossReduction
    {
        get
        {
            var entropy = -_countOfClass.Where(count => count > 0).Sum(count => count * Math.Log(count / _count)) / _count;
            return (entropy - LogLoss) / entropy;
        }
    }

    public double[] PerClassLogLoss => [.. _logLossOfClass.Select((sum, c) => _countOfClass[c] > 0 ? sum / _countOfClass[c] : 0)];

    /// <summary>For each k from 1, the share of rows whose true class is among the k highest scores.</summary>
    public double[] TopKAccuracies(int k)
    {
        var accuracies = new double[Math.Min(k, _countOfRank.Length)];
        for (var i = 0; i < accuracies.Length; i++)
            accuracies[i] = (i > 0 ? accuracies[i - 1] : 0) + _countOfRank[i] / _count;
        return accuracies;
    }

    private static string[] Names(DataViewSchema.Column score, int classes)
    {
        if (!score.HasSlotNames())
            return [.. Enumerable.Range(0, classes).Select(c => $"{c}")];
        VBuffer<ReadOnlyMemory<char>> names = default;
        score.GetSlotNames(ref names);
        return [.. names.DenseValues().Select(name => name.ToString())];
    }

    private void Read(IDataView data, DataViewSchema.Column label, DataViewSchema.Column score)
    {
        using var cursor = data.GetRowCursor([label, score]);
        var readLabel = ScoredRows.Label(cursor, label);
        var readScores = ClrValue.Reader<float[]>(cursor, score);
        while (cursor.MoveNext())
        {
            var truth = readLabel();
            if (float.IsNaN(truth) || truth < 0 || truth != (int)truth)
                continue;
            var scores = readScores();
            Check.State(scores.Length == _countOfClass.Length, $"Column '{score.Name}': expected {_countOfClass.Length} scores, got {scores.Length}");
            if (scores.All(float.IsFinite))
                Add((int)truth, scores);
        }
    }

    /// <summary>A class beyond the scores gets the smallest probability and the last rank; ties rank by class.</summary>
    private void Add(int truth, float[] scores)
    {
        var isKnown = truth < scores.Length;
        var own = isKnown ? scores[truth] : 0;
        var logLoss = -Math.Log(isKnown ? Math.Min(1, Math.Max(SmallestProbability, own)) : SmallestProbability);
        var rank = scores.Where((score, c) => score > own || (score == own && c < truth)).Count();
        _count++;
        _logLoss += logLoss;
        _countOfRank[rank]++;
        if (!isKnown)
            return;
        _countOfClass[truth]++;
        _logLossOfClass[truth] += logLoss;
        Confusion[truth][rank == 0 ? truth : Array.IndexOf(scores, scores.Max())]++;
    }
}
