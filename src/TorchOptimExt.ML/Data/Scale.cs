using System.Runtime.InteropServices;
using static TorchSharp.torch;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace TorchOptimExt.ML.Data;

/// <summary>
/// Means and standard deviations of columns of numbers, by which they are standardized: (x − mean) / deviation. A column that does not
/// vary keeps deviation 1.
/// </summary>
internal sealed record Scale(float[] Mean, float[] Deviation)
{
    // Of wide rows fewer at once: each number is held several times, as float64.
    private const int MostRows = 4096, BlockNumbers = 1 << 22;
    private const double LeastDeviation = 1.17549435e-38;       // the least normal float32

    /// <summary>Those of rows of shape [rows, columns] or [rows], weighted where weights are given; NaN is left out.</summary>
    internal static Scale Of(Tensor values, Tensor? weights)
    {
        using var scope = NewDisposeScope();
        var rows = values.shape[0];
        var block = Math.Clamp(BlockNumbers / Math.Max(1, values.numel() / Math.Max(1, rows)), 1, MostRows);
        var (total, sum) = Sums(null);
        var mean = sum.div(total.clamp_min(double.Epsilon));
        var (_, squares) = Sums(mean);
        return OfMoments(mean, squares.div(total.clamp_min(double.Epsilon)));

        (Tensor total, Tensor sum) Sums(Tensor? center)
        {
            Tensor? total = null, sum = null;
            for (long at = 0; at < rows; at += block)
            {
                using var inner = NewDisposeScope();
                var count = Math.Min(block, rows - at);
                var part = values.narrow(0, at, count).reshape(count, -1).to_type(ScalarType.Float64);
                var present = part.isnan().logical_not().to_type(ScalarType.Float64);
                if (weights is not null) present = present * weights.narrow(0, at, count).to_type(ScalarType.Float64).unsqueeze(1);
                var value = part.nan_to_num(nan: 0);
                if (center is not null) value = (value - center).square();
                var (added, weighted) = (present.sum(0L), (value * present).sum(0L));
                total = (total is null ? added : total + added).MoveToOuterDisposeScope();
                sum = (sum is null ? weighted : sum + weighted).MoveToOuterDisposeScope();
            }
            return (total!, sum!);
        }
    }

    /// <summary>Those of a mean and a variance of each column, float64.</summary>
    internal static Scale OfMoments(Tensor mean, Tensor variance)
    {
        using var scope = NewDisposeScope();
        var deviation = variance.sqrt();
        // What rounding leaves of a constant column is no deviation, nor is what is 0 as float32.
        deviation = where(deviation.le((mean.abs() * 1e-7).clamp_min(LeastDeviation)), ones_like(deviation), deviation);
        return new(Floats(mean), Floats(deviation));
    }

    /// <summary>Standardizes rows of shape [rows, columns] or [rows] in place.</summary>
    internal void Apply(Tensor values)
    {
        using var scope = NewDisposeScope();
        var flat = values.reshape(values.shape[0], -1);
        flat.sub_(tensor(Mean, device: values.device)).div_(tensor(Deviation, device: values.device));
    }

    /// <summary>Standardizes rows that lie one after another in place.</summary>
    internal void Apply(Span<float> rows)
    {
        for (var at = 0; at < rows.Length; at += Mean.Length)
        {
            var row = rows.Slice(at, Mean.Length);
            TensorPrimitives.Subtract(row, Mean, row);
            TensorPrimitives.Divide(row, Deviation, row);
        }
    }

    /// <summary>Takes standardization back, in place.</summary>
    internal void Undo(Span<float> rows)
    {
        for (var at = 0; at < rows.Length; at += Mean.Length)
            for (var k = 0; k < Mean.Length; k++) rows[at + k] = rows[at + k] * Deviation[k] + Mean[k];
    }

    private static float[] Floats(Tensor numbers)
    {
        using var cpu = numbers.to_type(ScalarType.Float32).cpu();
        return MemoryMarshal.Cast<byte, float>(cpu.bytes).ToArray();
    }
}
