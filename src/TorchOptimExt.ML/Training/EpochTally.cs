namespace TorchOptimExt.ML.Training;

/// <summary>Loss and metric, added up over the batches of an epoch.</summary>
internal sealed class EpochTally
{
    private double loss;

    internal int Batches { get; private set; }
    internal long Rows { get; private set; }
    internal double Metric { get; private set; }

    /// <summary>The mean over rows.</summary>
    internal double Loss => loss / Rows;

    internal void Add(double meanLoss, double metric, long rows)
    {
        loss += meanLoss * rows;
        Metric += metric;
        Rows += rows;
        Batches++;
    }
}
