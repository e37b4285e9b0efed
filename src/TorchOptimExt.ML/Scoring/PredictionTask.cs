using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TorchOptimExt.ML.Scoring;

/// <summary>What is predicted.</summary>
public enum TaskKind
{
    /// <summary>True or false.</summary>
    BinaryClassification,

    /// <summary>One of several classes.</summary>
    MulticlassClassification,

    /// <summary>A number.</summary>
    Regression,
}

/// <summary>What differs between the three tasks in training: the loss of each example, and the metric.</summary>
internal abstract class PredictionTask
{
    internal static PredictionTask Of(TaskKind kind) => kind switch
    {
        TaskKind.BinaryClassification => new Binary(),
        TaskKind.MulticlassClassification => new Multiclass(),
        _ => new RegressionTask(),
    };

    internal abstract string MetricName { get; }

    /// <summary>The labels of a batch, as the loss takes them, from their column of float32.</summary>
    internal virtual Tensor Labels(Tensor labels) => labels;

    /// <summary>Outputs of shape [rows, outputs] as the loss takes them.</summary>
    internal virtual Tensor Outputs(Tensor outputs) => outputs.squeeze(-1);

    /// <summary>The loss of each example, shape [rows].</summary>
    internal abstract Tensor Loss(Tensor outputs, Tensor labels);

    /// <summary>What the metric adds up over rows.</summary>
    internal abstract double Tally(Tensor outputs, Tensor labels);

    /// <summary>The metric of so many rows.</summary>
    internal virtual double Metric(double tally, long rows) => tally / rows;

    private sealed class Binary : PredictionTask
    {
        internal override string MetricName => "accuracy";
        internal override Tensor Loss(Tensor outputs, Tensor labels) => functional.binary_cross_entropy_with_logits(outputs, labels, reduction: Reduction.None);
        internal override double Tally(Tensor outputs, Tensor labels) => outputs.gt(0).eq(labels.gt(0.5)).sum().ToDouble();
    }

    private sealed class Multiclass : PredictionTask
    {
        internal override string MetricName => "accuracy";
        internal override Tensor Labels(Tensor labels) => labels.to_type(ScalarType.Int64);
        internal override Tensor Outputs(Tensor outputs) => outputs;
        internal override Tensor Loss(Tensor outputs, Tensor labels) => functional.cross_entropy(outputs, labels, reduction: Reduction.None);
        internal override double Tally(Tensor outputs, Tensor labels) => outputs.argmax(1).eq(labels).sum().ToDouble();
    }

    private sealed class RegressionTask : PredictionTask
    {
        internal override string MetricName => "RMSE";
        internal override Tensor Loss(Tensor outputs, Tensor labels) => functional.mse_loss(outputs, labels, reduction: Reduction.None);
        internal override double Tally(Tensor outputs, Tensor labels) => outputs.sub(labels).square().sum().ToDouble();
        internal override double Metric(double tally, long rows) => Math.Sqrt(tally / rows);
    }
}
