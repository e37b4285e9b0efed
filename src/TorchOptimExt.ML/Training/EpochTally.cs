using TorchOptimExt.ML.Data;
using TorchOptimExt.ML.Scoring;

namespace TorchOptimExt.ML.Training;

/// <summary>Loss and metric, added up over the batches of an epoch.</summary>
internal sealed class EpochTally
{
    private double loss, weight;

    private double metric;
    private long counted;

    internal int Batches { get; private set; }
    internal long Rows { get; private set; }

    /// <summary>The mean over rows, weighted where they have weights.</summary>
    internal double Loss => loss / weight;

    /// <summary>The metric over all numbers that count.</summary>
    internal double Metric(PredictionTask task) => task.Metric(metric, counted);

    /// <param name="meanLoss">The sum of weight times loss over a batch, divided by its rows and the mean weight of the training
    /// set.</param>
    /// <param name="tally">What the metric adds up.</param>
    /// <param name="rows">The batch.</param>
    /// <param name="meanWeight">The mean weight of the training set.</param>
    internal void Add(double meanLoss, (double sum, long count) tally, TrainingRows rows, double meanWeight)
    {
        loss += meanLoss * rows.Count * meanWeight;
        weight += rows.TotalWeight();
        metric += tally.sum;
        counted += tally.count;
        Rows += rows.Count;
        Batches++;
    }
}
