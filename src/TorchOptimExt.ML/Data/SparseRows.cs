using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace TorchOptimExt.ML.Data;

/// <summary>
/// Rows of which only the features that are not 0 are written down, one row after the other.
/// </summary>
/// <param name="offsets">Where each row begins, and where the last ends; int64, [rows + 1], from 0.</param>
/// <param name="slots">Which features they are; int32.</param>
/// <param name="values">Their values; float32, as many.</param>
/// <param name="inputs">The number of features of a row.</param>
/// <param name="shift">What standardization takes from every feature, [inputs]; null for nothing. Values are without it.</param>
internal sealed class SparseRows(Tensor offsets, Tensor slots, Tensor values, long inputs, Tensor? shift = null) : FeatureRows
{
    private Tensor? dense;

    /// <summary>Where each row begins, and where the last ends; int64, [rows + 1], from 0.</summary>
    internal Tensor Offsets => offsets;

    /// <summary>Which features they are; int32.</summary>
    internal Tensor Slots => slots;

    /// <summary>Their values; float32, as many.</summary>
    internal Tensor Values => values;

    /// <summary>What is taken from every feature after the values, [inputs]; null for nothing.</summary>
    internal Tensor? Shift { get; private set; } = shift;

    internal override long Count => offsets.shape[0] - 1;

    internal override long Inputs => inputs;

    internal override Device Device => values.device;

    /// <summary>The row that each value is of, from 0; int64.</summary>
    internal Tensor RowOfEach()
    {
        using var scope = NewDisposeScope();
        var lengths = offsets.narrow(0, 1, Count) - offsets.narrow(0, 0, Count);
        return arange(Count, device: Device).repeat_interleave(lengths).MoveToOuterDisposeScope();
    }

    internal override Tensor Dense()
    {
        if (dense is not null) return dense;
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var all = zeros(Count * inputs, ScalarType.Float32, Device);
        all.index_copy_(0, RowOfEach() * inputs + slots, values);
        all = all.view(Count, inputs);
        if (Shift is not null) all.sub_(Shift);
        return dense = all.DetachFromDisposeScope();
    }

    internal override FeatureRows Select(Tensor places)
    {
        using var scope = NewDisposeScope();
        var (begins, ends) = (offsets.index_select(0, places), offsets.index_select(0, places + 1));
        var lengths = ends - begins;
        var chosen = zeros(places.shape[0] + 1, ScalarType.Int64, Device);
        chosen.narrow(0, 1, places.shape[0]).copy_(lengths.cumsum(0));
        // The k-th value that is chosen lies as far behind its row's begin here as there.
        var moved = (begins - chosen.narrow(0, 0, places.shape[0])).repeat_interleave(lengths);
        var from = moved + arange(moved.shape[0], device: Device);
        return new SparseRows(chosen.MoveToOuterDisposeScope(), slots.index_select(0, from).MoveToOuterDisposeScope(),
            values.index_select(0, from).MoveToOuterDisposeScope(), inputs, Shift?.detach().MoveToOuterDisposeScope());
    }

    internal override FeatureRows Slice(long from, long count)
    {
        var (begin, end) = (At(from), At(from + count));
        using var absolute = offsets.narrow(0, from, count + 1);
        return new SparseRows(absolute - begin, slots.narrow(0, begin, end - begin), values.narrow(0, begin, end - begin), inputs,
            Shift?.detach());
    }

    private long At(long row)
    {
        using var offset = offsets.narrow(0, row, 1);
        return offset.item<long>();
    }

    internal override FeatureRows To(Device device) =>
        new SparseRows(offsets.to(device), slots.to(device), values.to(device), inputs, Shift?.to(device));

    // Of a feature's values, those that are not written down are 0.
    internal override Scale Scale(Tensor? weights)
    {
        using var scope = NewDisposeScope();
        var (rows, places, wide) = (RowOfEach(), slots.to_type(ScalarType.Int64), values.to_type(ScalarType.Float64));
        var each = (weights ?? ones(Count, ScalarType.Float32)).to_type(ScalarType.Float64);
        var (total, weight) = (each.sum(), each.index_select(0, rows));
        var present = Sum(weight);
        var mean = Sum(weight * wide) / total.clamp_min(double.Epsilon);
        var squares = Sum(weight * (wide - mean.index_select(0, slots)).square()) + (total - present) * mean.square();
        return Data.Scale.OfMoments(mean, squares / total.clamp_min(double.Epsilon));

        Tensor Sum(Tensor parts) => zeros(inputs, ScalarType.Float64).index_add(0, places, parts, 1);
    }

    internal override void Standardize(Scale scale)
    {
        using var scope = NewDisposeScope();
        var deviation = tensor(scale.Deviation, device: Device);
        values.div_(deviation.index_select(0, slots));
        Shift = (tensor(scale.Mean, device: Device) / deviation).DetachFromDisposeScope();
    }

    internal override Tensor Largest()
    {
        using var scope = NewDisposeScope();
        var sampled = Math.Min(SampledRows, Count);
        var kept = Math.Min(SampledNumbers, At(sampled));
        var places = MemoryMarshal.Cast<byte, int>(slots.narrow(0, 0, kept).bytes);
        var sizes = MemoryMarshal.Cast<byte, float>(values.narrow(0, 0, kept).bytes);
        var (largest, counts) = (new float[inputs], new int[inputs]);
        for (var k = 0; k < kept; k++)
        {
            largest[places[k]] = Math.Max(largest[places[k]], Math.Abs(sizes[k]));
            counts[places[k]]++;
        }
        for (var slot = 0; slot < inputs; slot++) if (counts[slot] < Often * sampled) largest[slot] = 0;
        return tensor(largest).MoveToOuterDisposeScope();
    }

    internal override uint Checksum(uint crc)
    {
        crc = Checksum(values, Checksum(slots, Checksum(offsets, crc)));
        return Shift is null ? crc : Checksum(Shift, crc);
    }

    public override void Dispose()
    {
        dense?.Dispose();
        offsets.Dispose();
        slots.Dispose();
        values.Dispose();
        Shift?.Dispose();
    }
}
