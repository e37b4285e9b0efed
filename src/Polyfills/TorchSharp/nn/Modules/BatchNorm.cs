namespace TorchSharp.Modules;

public abstract class BatchNorm : NormBase
{
    public BatchNorm(long num_features, double eps, double momentum, bool affine, bool track_running_stats, Device? device, ScalarType? dtype, string name)
        : base(num_features, eps, momentum, affine, track_running_stats, device, dtype, name) { }

    /// <summary>Normalizes with the batch's statistics while training, and without running ones always; without momentum these are plain averages.</summary>
    public override Tensor forward(Tensor input)
    {
        ValidateInputDimensions(input);
        var average = momentum ?? 0;
        if (training && num_batches_tracked is { } batches)
        {
            Op.InPlace("add_.Scalar", batches, 1L);
            average = momentum ?? 1 / batches.ToDouble();
        }
        return nn.functional.batch_norm(input, running_mean, running_var, weight, bias, training || running_mean is null && running_var is null, average, eps);
    }
}

public sealed class BatchNorm1d : BatchNorm
{
    internal BatchNorm1d(long num_features, double eps, double momentum, bool affine, bool track_running_stats, Device? device, ScalarType? dtype)
        : base(num_features, eps, momentum, affine, track_running_stats, device, dtype, nameof(BatchNorm1d)) { }

    protected override void ValidateInputDimensions(Tensor input)
    {
        if (input.dim() is not (2 or 3)) throw new ArgumentException($"expected 2D or 3D input, but got {input.dim()}D input.");
    }
}

public sealed class BatchNorm2d : BatchNorm
{
    internal BatchNorm2d(long num_features, double eps, double momentum, bool affine, bool track_running_stats, Device? device, ScalarType? dtype)
        : base(num_features, eps, momentum, affine, track_running_stats, device, dtype, nameof(BatchNorm2d)) { }

    protected override void ValidateInputDimensions(Tensor input)
    {
        if (input.dim() != 4) throw new ArgumentException($"expected 4D input, but got {input.dim()}D input.");
    }
}
