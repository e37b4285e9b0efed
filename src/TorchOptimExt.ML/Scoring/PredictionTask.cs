using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TorchOptimExt.ML.Scoring;

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

    /// <summary>Outputs of shape [rows, outputs] as the loss takes them.</summary>
    internal virtual Tensor Outputs(Tensor outputs) => outputs.squeeze(-1);

    /// <summary>The loss: of each example, shape [rows], or their mean.</summary>
    internal abstract Tensor Loss(Tensor outputs, Tensor labels, Reduction reduction);

    /// <summary>What the metric adds up over rows. On small batches a loop over numbers costs a fraction of what tensor operations do.</summary>
    internal abstract double Tally(Tensor outputs, Tensor labels);

    /// <summary>The metric of so many rows.</summary>
    internal virtual double Metric(double tally, long rows) => tally / rows;

    private static ReadOnlySpan<float> Numbers(Tensor tensor)
    {
        var ready = tensor.device_type == DeviceType.CPU && tensor.dtype == ScalarType.Float32 && tensor.is_contiguous();
        return MemoryMarshal.Cast<byte, float>((ready ? tensor : tensor.detach().to_type(ScalarType.Float32).cpu().contiguous()).bytes);
    }

    private sealed class Binary : PredictionTask
    {
        internal override string MetricName => "accuracy";
        internal override Tensor Loss(Tensor outputs, Tensor labels, Reduction reduction) => functional.binary_cross_entropy_with_logits(outputs, labels, reduction: reduction);

        internal override double Tally(Tensor outputs, Tensor labels)
        {
            var logits = Numbers(outputs);
            var truths = Numbers(labels);
            var right = 0;
            for (var k = 0; k < logits.Length; k++) if (logits[k] > 0 == truths[k] > 0.5f) right++;
            return right;
        }
    }

    private sealed class Multiclass : PredictionTask
    {
        internal override string MetricName => "accuracy";
        internal override Tensor Outputs(Tensor outputs) => outputs;
        internal override Tensor Loss(Tensor outputs, Tensor labels, Reduction reduction) => functional.cross_entropy(outputs, labels, reduction: reduction);

        internal override double Tally(Tensor outputs, Tensor labels)
        {
            var logits = Numbers(outputs);
            var truths = MemoryMarshal.Cast<byte, long>((labels.device_type == DeviceType.CPU ? labels : labels.cpu()).bytes);
            var right = 0;
            var classes = logits.Length / truths.Length;
            for (var k = 0; k < truths.Length; k++) if (TorchModel.LargestKey(logits.Slice(k * classes, classes)) == truths[k] + 1) right++;
            return right;
        }
    }

    private sealed class RegressionTask : PredictionTask
    {
        internal override string MetricName => "RMSE";
        internal override Tensor Loss(Tensor outputs, Tensor labels, Reduction reduction) => functional.mse_loss(outputs, labels, reduction: reduction);

        internal override double Tally(Tensor outputs, Tensor labels)
        {
            var values = Numbers(outputs);
            var truths = Numbers(labels);
            var sum = 0.0;
            for (var k = 0; k < values.Length; k++) sum += (values[k] - truths[k]) * (double)(values[k] - truths[k]);
            return sum;
        }

        internal override double Metric(double tally, long rows) => Math.Sqrt(tally / rows);
    }
}
