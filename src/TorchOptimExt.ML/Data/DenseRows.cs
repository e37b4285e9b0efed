using static TorchSharp.torch;

namespace TorchOptimExt.ML.Data;

/// <summary>Rows of which every feature is written down: a tensor of shape [rows, inputs].</summary>
internal sealed class DenseRows(Tensor values) : FeatureRows
{
    internal override long Count => values.shape[0];

    internal override long Inputs => values.shape[1];

    internal override Device Device => values.device;

    internal override Tensor Dense() => values;

    internal override FeatureRows Select(Tensor places) => new DenseRows(values.index_select(0, places));

    internal override FeatureRows Slice(long from, long count) => new DenseRows(values.narrow(0, from, count));

    internal override FeatureRows To(Device device) => new DenseRows(values.to(device));

    internal override Scale Scale(Tensor? weights) => Data.Scale.Of(values, weights);

    internal override void Standardize(Scale scale) => scale.Apply(values);

    internal override Tensor Largest()
    {
        using var scope = NewDisposeScope();
        var sample = values.narrow(0, 0, Math.Clamp(SampledNumbers / Inputs, 1, Math.Min(SampledRows, Count)));
        var often = sample.ne(0).to_type(ScalarType.Float32).mean([0]).ge(Often);
        return (sample.abs().amax([0]) * often).MoveToOuterDisposeScope();
    }

    internal override uint Checksum(uint crc) => Checksum(values, crc);

    public override void Dispose() => values.Dispose();
}
