using TorchOptimExt.ML.Data;

namespace TorchOptimExt.ML.Training;

/// <summary>Loss and metric, added up over the batches of an epoch.</summary>
internal sealed class EpochTally
{
    private double loss, weight;

    internal int Batches { get; private set; }
    internal long Rows { get; private set; }
    internal double Metric { get; private set; }

    /// <summary>The mean over rows, weighted where they have weights.</summary>
    internal double Loss => loss / weight;

    internal void Add(double meanLoss, double metric, TrainingRows rows)
    {
        var total = rows.TotalWeight();
        loss += meanLoss * total;
        weight += total;
        Metric += metric;
        Rows += rows.Count;
        Batches++;
    }
}
