namespace Microsoft.ML.Data;

/// <summary>Counts and sums of a pass over binary predictions. A score above 0 predicts the positive class.</summary>
internal sealed class BinaryEvaluation
{
    private readonly List<float> _positiveScores = [];
    private readonly List<float> _negativeScores = [];
    private readonly List<(float Score, bool IsPositive)> _inOrder = [];
    private double _logLoss;
    private double _positivesWithProbability;
    private double _negativesWithProbability;

    /// <summary>Evaluates; without a probability column there is no log loss.</summary>
    public BinaryEvaluation(IDataView data, string labelName, string scoreName, string probabilityName, string predictedLabelName)
    {
        var label = ScoredRows.Column(data, "Label", labelName);
        var score = ScoredRows.Column(data, "Score", scoreName);
        DataViewSchema.Column? probability = probabilityName is null ? null : ScoredRows.Column(data, "Probability", probabilityName);
        ScoredRows.Column(data, "PredictedLabel", predictedLabelName);
        ScoredRows.CheckType(score, "score", score.Type == NumberDataViewType.Single, "Single");
        ScoredRows.CheckType(label, "label", label.Type == NumberDataViewType.Single || label.Type == NumberDataViewType.Double
            || label.Type is BooleanDataViewType || label.Type.KeyCount() == 2, "Single, Double, Boolean, or a Key with cardinality 2");
        if (probability is { } column)
            ScoredRows.CheckType(column, "probability", column.Type == NumberDataViewType.Single, "Single");
        ClassNames = Names(label);
        Read(data, label, score, probability);
    }

    /// <summary>Counts by true class, then predicted class; the positive class comes first.</summary>
    public double[][] Confusion { get; } = [[0, 0], [0, 0]];

    public string[] ClassNames { get; }

    /// <summary>The share of pairs of a positive and a negative in which the positive scores higher; ties count one half.</summary>
    public double AreaUnderRocCurve()
    {
        Check.Argument(_positiveScores.Count > 0, "PosSample", "AUC is not defined when there is no positive class in the data");
        Check.Argument(_negativeScores.Count > 0, "NegSample", "AUC is not defined when there is no negative class in the data");
        _positiveScores.Sort();
        _negativeScores.Sort();
        var (below, belowOrEqual, wins) = (0, 0, 0.0);
        foreach (var score in _positiveScores)
        {
            while (below < _negativeScores.Count && _negativeScores[below] < score)
                below++;
            while (belowOrEqual < _negativeScores.Count && _negativeScores[belowOrEqual] <= score)
                belowOrEqual++;
            wins += 0.5 * ((double)below + belowOrEqual);
        }
        return wins / ((double)_positiveScores.Count * _negativeScores.Count);
    }

    /// <summary>The lower trapezoid estimator (Boyd, Eng and Page, 2013): rows of equal score stay in their order.</summary>
    public double AreaUnderPrecisionRecallCurve()
    {
        var (truePositives, falsePositives, precision, area) = (0, 0, 1.0, 0.0);
        foreach (var (_, isPositive) in _inOrder.OrderByDescending(row => row.Score))
        {
            if (!isPositive)
            {
                falsePositives++;
                precision = (double)truePositives / (truePositives + falsePositives);
                continue;
            }
            truePositives++;
            var next = (double)truePositives / (truePositives + falsePositives);
            area += (precision + next) / 2 / _positiveScores.Count;
            precision = next;
        }
        return area;
    }

    public (double LogLoss, double Reduction, double Entropy) LogLosses()
    {
        var positives = Confusion[0].Sum();
        var entropy = EntropyOf(positives / (positives + Confusion[1].Sum()));
        var count = _positivesWithProbability + _negativesWithProbability;
        if (count == 0)
            return (double.IsNaN(_logLoss) ? double.NaN : 0, 0, entropy);
        var logLoss = _logLoss / count;
        var prior = EntropyOf(_positivesWithProbability / count);
        return (logLoss, (prior - logLoss) / prior, entropy);
    }

    private static double EntropyOf(double probability)
        => probability is 0 or 1 ? 0 : -(probability * Math.Log2(probability)) - (1 - probability) * Math.Log2(1 - probability);

    private static string[] Names(DataViewSchema.Column label)
    {
        if (!label.HasKeyValues(TextDataViewType.Instance))
            return ["positive", "negative"];
        VBuffer<ReadOnlyMemory<char>> names = default;
        label.GetKeyValues(ref names);
        return [.. names.DenseValues().Select(name => name.ToString())];
    }

    private void Read(IDataView data, DataViewSchema.Column label, DataViewSchema.Column score, DataViewSchema.Column? probability)
    {
        using var cursor = data.GetRowCursor(probability is { } active ? [label, score, active] : [label, score]);
        var readLabel = ScoredRows.Label(cursor, label);
        var readScore = ClrValue.Reader<float>(cursor, score);
        var readProbability = probability is { } column ? ClrValue.Reader<float>(cursor, column) : () => float.NaN;
        while (cursor.MoveNext())
        {
            var (truth, predicted) = (readLabel(), readScore());
            if (!float.IsNaN(truth) && float.IsFinite(predicted))
                Add(truth > 0, predicted, readProbability());
        }
    }

    private void Add(bool isPositive, float score, float probability)
    {
        Confusion[isPositive ? 0 : 1][score > 0 ? 0 : 1]++;
        (isPositive ? _positiveScores : _negativeScores).Add(score);
        _inOrder.Add((score, isPositive));
        _logLoss += float.IsNaN(probability) ? double.NaN : -Math.Log2(isPositive ? probability : 1.0 - probability);
        if (float.IsNaN(probability))
            return;
        if (isPositive)
            _positivesWithProbability++;
        else
            _negativesWithProbability++;
    }
}
