using Microsoft.ML;
using TorchOptimExt.ML.Data;

namespace TorchOptimExt.ML.Evaluation;

/// <summary>Computes the metrics of the classification by several labels.</summary>
internal static class MultiLabelEvaluator
{
    internal static MultiLabelMetrics Evaluate(IDataView data, string label, string score, string predicted)
    {
        var vectors = new ScoredVectors(data, new LabelColumn.Truths(), label, score, predicted);
        var counts = new Counts[vectors.Width];
        for (var k = 0; k < counts.Length; k++) counts[k] = new();
        var (rows, right) = (0L, 0L);
        vectors.ForEach((labels, scores, predictions) =>
        {
            var (present, wrong) = (0, 0);
            for (var k = 0; k < labels.Length; k++)
            {
                if (float.IsNaN(labels[k])) continue;
                present++;
                if (!counts[k].Add(labels[k] == 1, predictions[k], scores[k])) wrong++;
            }
            if (present == 0) return;
            rows++;
            if (wrong == 0) right++;
        });
        return new([.. counts.Zip(vectors.Names(), (count, name) => count.Metrics(name))], (double)right / rows);
    }

    private sealed class Counts
    {
        private readonly List<float> positives = [], negatives = [];
        private long truePositives, falsePositives;

        // Whether the prediction is right.
        internal bool Add(bool truth, bool predicted, float score)
        {
            (truth ? positives : negatives).Add(score);
            if (predicted && truth) truePositives++;
            if (predicted && !truth) falsePositives++;
            return predicted == truth;
        }

        internal LabelMetrics Metrics(string name) => new(name, truePositives, falsePositives, positives.Count - truePositives,
            negatives.Count - falsePositives, Area());

        // By the sum of the positives' ranks, in which equal scores share the mean of theirs (Mann and Whitney).
        private double Area()
        {
            if (positives.Count == 0 || negatives.Count == 0 || positives.Concat(negatives).Any(float.IsNaN)) return double.NaN;
            (float score, bool positive)[] all = [.. positives.Select(s => (s, true)), .. negatives.Select(s => (s, false))];
            Array.Sort(all, static (a, b) => a.score.CompareTo(b.score));
            var ranks = 0.0;
            for (var (from, to) = (0, 0); from < all.Length; from = to)
            {
                var tied = 0;
                for (to = from; to < all.Length && all[to].score == all[from].score; to++) if (all[to].positive) tied++;
                ranks += tied * ((from + 1 + to) / 2.0);
            }
            return (ranks - positives.Count * (positives.Count + 1.0) / 2) / ((double)positives.Count * negatives.Count);
        }
    }
}
