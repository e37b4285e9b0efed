using Microsoft.ML;
using TorchOptimExt.ML.Data;

namespace TorchOptimExt.ML.Evaluation;

/// <summary>Computes the metrics of regression with several outputs.</summary>
internal static class MultiOutputEvaluator
{
    internal static MultiOutputRegressionMetrics Evaluate(IDataView data, string label, string score)
    {
        var vectors = new ScoredVectors(data, new LabelColumn.Numbers(), label, score, null);
        var sums = new Sums[vectors.Width];
        vectors.ForEach((labels, scores, _) =>
        {
            for (var k = 0; k < labels.Length; k++)
                if (!float.IsNaN(labels[k])) sums[k].Add(labels[k], scores[k]);
        });
        return new([.. sums.Zip(vectors.Names(), (sum, name) => sum.Metrics(name))]);
    }

    // The squared deviations from the mean are updated as the mean moves (Welford): no two large sums are subtracted.
    private struct Sums
    {
        private long rows;
        private double absolute, squares, mean, deviations;

        internal void Add(double label, double score)
        {
            rows++;
            absolute += Math.Abs(score - label);
            squares += (score - label) * (score - label);
            var before = label - mean;
            mean += before / rows;
            deviations += before * (label - mean);
        }

        internal readonly OutputMetrics Metrics(string name) => new(name, rows, absolute, squares, deviations);
    }
}
