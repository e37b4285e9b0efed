namespace TorchSharp.Modules;

public sealed class MaxPool2d : ParameterLessModule<Tensor, Tensor>
{
    internal MaxPool2d(long[] kernel_size, long[]? stride, long[]? padding, long[]? dilation, bool ceil_mode) : base(nameof(MaxPool2d))
        => (this.kernel_size, this.stride, this.padding, this.dilation, this.ceil_mode) = (kernel_size, stride!, padding!, dilation!, ceil_mode);

    public long[] kernel_size { get; set; }
    public long[] stride { get; set; }
    public long[] padding { get; set; }
    public long[] dilation { get; set; }
    public bool ceil_mode { get; set; }

    public override Tensor forward(Tensor input) => nn.functional.max_pool2d(input, kernel_size, stride, padding, dilation, ceil_mode);

    public (Tensor Values, Tensor Indices) forward_with_indices(Tensor input) => nn.functional.max_pool2d_with_indices(input, kernel_size, stride, padding, dilation, ceil_mode);
}

public sealed class AvgPool2d : ParameterLessModule<Tensor, Tensor>
{
    internal AvgPool2d(long[] kernel_size, long[]? stride, long[]? padding, bool ceil_mode, bool count_include_pad, long? divisor_override) : base(nameof(AvgPool2d))
        => (this.kernel_size, this.stride, this.padding, this.ceil_mode, this.count_include_pad, this.divisor_override) = (kernel_size, stride!, padding!, ceil_mode, count_include_pad, divisor_override);

    public long[] kernel_size { get; set; }
    public long[] stride { get; set; }
    public long[] padding { get; set; }
    public bool ceil_mode { get; set; }
    public bool count_include_pad { get; set; }
    public long? divisor_override { get; set; }

    public override Tensor forward(Tensor input) => nn.functional.avg_pool2d(input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override);
}

public sealed class AdaptiveAvgPool2d : ParameterLessModule<Tensor, Tensor>
{
    internal AdaptiveAvgPool2d(long[] output_size) : base(nameof(AdaptiveAvgPool2d)) => this.output_size = output_size;

    public long[] output_size { get; set; }

    public override Tensor forward(Tensor input) => nn.functional.adaptive_avg_pool2d(input, output_size);
}
