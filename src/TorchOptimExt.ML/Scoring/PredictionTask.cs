using System.Runtime.InteropServices;
using TorchOptimExt.ML.Data;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TorchOptimExt.ML.Scoring;

/// <summary>What differs between the tasks in training: the label, the loss of each example, and the metric.</summary>
internal abstract class PredictionTask
{
    internal static PredictionTask Of(TaskKind kind) => kind switch
    {
        TaskKind.BinaryClassification => new Binary(),
        TaskKind.MulticlassClassification => new Multiclass(),
        TaskKind.Regression => new Regression(new LabelColumn.Number()),
        TaskKind.MultiOutputRegression => new Regression(new LabelColumn.Numbers()),
        TaskKind.MultiLabelClassification => new MultiLabel(),
        _ => throw new InvalidDataException($"There is no task {kind}."),
    };

    /// <summary>The label column that the task reads.</summary>
    internal abstract LabelColumn Label { get; }

    internal abstract string MetricName { get; }

    /// <summary>Outputs of shape [rows, outputs] as the loss takes them.</summary>
    internal virtual Tensor Outputs(Tensor outputs) => outputs.squeeze(-1);

    /// <summary>The loss of each example, shape [rows], or their mean.</summary>
    internal abstract Tensor Loss(Tensor outputs, Tensor labels, Reduction reduction);

    /// <summary>
    /// What the metric adds up over rows. On small batches a loop over numbers costs a fraction of what tensor operations do.
    /// </summary>
    /// <param name="outputs">As the loss takes them.</param>
    /// <param name="labels">As the loss takes them.</param>
    /// <param name="scale">By which labels were standardized; null where they were not.</param>
    internal abstract (double sum, long count) Tally(Tensor outputs, Tensor labels, Scale? scale);

    /// <summary>The metric of so many numbers.</summary>
    internal virtual double Metric(double tally, long count) => tally / count;

    private static ReadOnlySpan<float> Numbers(Tensor tensor)
    {
        var ready = tensor.device_type == DeviceType.CPU && tensor.dtype == ScalarType.Float32 && tensor.is_contiguous();
        return MemoryMarshal.Cast<byte, float>((ready ? tensor : tensor.detach().to_type(ScalarType.Float32).cpu().contiguous()).bytes);
    }

    // Where some labels of a row are missing, the present ones count as always and the others as 0.
    private static Tensor WithoutMissing(Tensor labels, Reduction reduction, Func<Tensor, Tensor> loss)
    {
        using var present = labels.isnan().logical_not_();
        var losses = (loss(labels.nan_to_num(nan: 0)) * present).mean([1]);
        return reduction == Reduction.None ? losses : losses.mean();
    }

    private static (double sum, long count) Right(ReadOnlySpan<float> logits, ReadOnlySpan<float> truths)
    {
        var (right, count) = (0L, 0L);
        for (var k = 0; k < logits.Length; k++)
        {
            if (float.IsNaN(truths[k])) continue;
            count++;
            if (logits[k] > 0 == truths[k] > 0.5f) right++;
        }
        return (right, count);
    }

    private sealed class Binary : PredictionTask
    {
        internal override LabelColumn Label { get; } = new LabelColumn.Truth();
        internal override string MetricName => "accuracy";

        internal override Tensor Loss(Tensor outputs, Tensor labels, Reduction reduction) =>
            functional.binary_cross_entropy_with_logits(outputs, labels, reduction: reduction);

        internal override (double sum, long count) Tally(Tensor outputs, Tensor labels, Scale? scale) => Right(Numbers(outputs),
            Numbers(labels));
    }

    private sealed class MultiLabel : PredictionTask
    {
        internal override LabelColumn Label { get; } = new LabelColumn.Truths();
        internal override string MetricName => "accuracy of labels";
        internal override Tensor Outputs(Tensor outputs) => outputs;

        internal override Tensor Loss(Tensor outputs, Tensor labels, Reduction reduction) => WithoutMissing(labels, reduction,
            present => functional.binary_cross_entropy_with_logits(outputs, present, reduction: Reduction.None));

        internal override (double sum, long count) Tally(Tensor outputs, Tensor labels, Scale? scale) => Right(Numbers(outputs),
            Numbers(labels));
    }

    private sealed class Multiclass : PredictionTask
    {
        internal override LabelColumn Label { get; } = new LabelColumn.Class();
        internal override string MetricName => "accuracy";
        internal override Tensor Outputs(Tensor outputs) => outputs;

        internal override Tensor Loss(Tensor outputs, Tensor labels, Reduction reduction) => functional.cross_entropy(outputs, labels,
            reduction: reduction);

        internal override (double sum, long count) Tally(Tensor outputs, Tensor labels, Scale? scale)
        {
            var logits = Numbers(outputs);
            var truths = MemoryMarshal.Cast<byte, long>((labels.device_type == DeviceType.CPU ? labels : labels.cpu()).bytes);
            var right = 0;
            var classes = logits.Length / truths.Length;
            for (var k = 0; k < truths.Length; k++) if (TorchModel.LargestKey(logits.Slice(k * classes, classes)) == truths[k] + 1) right++;
            return (right, truths.Length);
        }
    }

    private sealed class Regression(LabelColumn label) : PredictionTask
    {
        internal override LabelColumn Label => label;
        internal override string MetricName => "RMSE";
        internal override Tensor Outputs(Tensor outputs) => label is LabelColumn.Number ? outputs.squeeze(-1) : outputs;

        internal override Tensor Loss(Tensor outputs, Tensor labels, Reduction reduction) => label is LabelColumn.Number
            ? functional.mse_loss(outputs, labels, reduction: reduction)
            : WithoutMissing(labels, reduction, present => functional.mse_loss(outputs, present, reduction: Reduction.None));

        internal override (double sum, long count) Tally(Tensor outputs, Tensor labels, Scale? scale)
        {
            var values = Numbers(outputs);
            var truths = Numbers(labels);
            var (sum, count) = (0.0, 0L);
            for (var k = 0; k < values.Length; k++)
            {
                if (float.IsNaN(truths[k])) continue;
                var error = (values[k] - truths[k]) * (double)(scale?.Deviation[k % scale.Deviation.Length] ?? 1);
                sum += error * error;
                count++;
            }
            return (sum, count);
        }

        internal override double Metric(double tally, long count) => Math.Sqrt(tally / count);
    }
}
