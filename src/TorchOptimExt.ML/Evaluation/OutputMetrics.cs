namespace TorchOptimExt.ML.Evaluation;

/// <summary>How well one output of a regression with several was predicted, over the rows that have its label.</summary>
public sealed class OutputMetrics
{
    internal OutputMetrics(string name, long rows, double absolute, double squares, double total)
    {
        (Name, Rows) = (name, rows);
        MeanAbsoluteError = absolute / rows;
        MeanSquaredError = squares / rows;
        RSquared = rows == 0 ? double.NaN : total > 0 ? 1 - squares / total : squares == 0 ? 1 : double.IsNaN(squares) ? double.NaN : 0;
    }

    /// <summary>The label's slot name; the slot's number, from 0, where it has none.</summary>
    public string Name { get; }

    /// <summary>The number of rows that have the label.</summary>
    public long Rows { get; }

    /// <summary>The mean of |score − label|, in the label's units.</summary>
    public double MeanAbsoluteError { get; }

    /// <summary>The mean of (score − label)².</summary>
    public double MeanSquaredError { get; }

    /// <summary>The square root of <see cref="MeanSquaredError"/>, in the label's units.</summary>
    public double RootMeanSquaredError => Math.Sqrt(MeanSquaredError);

    /// <summary>
    /// The coefficient of determination, 1 − Σ(score − label)² / Σ(label − mean)²; of a label that does not vary 1 where all scores are
    /// right and 0 otherwise, as scikit-learn has it.
    /// </summary>
    public double RSquared { get; }
}
