namespace TorchSharp.Modules;

public abstract class Convolution : nn.Module<Tensor, Tensor>
{
    // How often each edge is padded, the last dimension first: what functional.pad takes.
    private protected long[] EdgePadding => [.. padding!.Reverse().SelectMany(width => new[] { width, width })];

    private protected Convolution(string name, long in_channels, long out_channels, long[] kernel_size, long[] stride, long[]? padding, Padding? padding_type, long[] dilation, long groups, bool bias, PaddingModes padding_mode, Device? device, ScalarType? dtype) : base(name)
    {
        (this.in_channels, this.out_channels, this.groups) = (in_channels, out_channels, groups);
        (this.kernel_size, this.stride, this.dilation) = (kernel_size, stride, dilation);
        (this.padding_type, this.padding_mode) = (padding_type, padding_mode);
        this.padding = padding_type is null ? padding : null;
        weight = new Parameter(empty([out_channels, in_channels / groups, .. kernel_size], dtype, device));
        if (bias) this.bias = new Parameter(empty([out_channels], dtype, device));
        reset_parameters();
    }

    public long in_channels { get; }
    public long out_channels { get; }
    public long groups { get; set; }
    public long[] kernel_size { get; set; }
    public long[] stride { get; set; }
    public long[] dilation { get; set; }
    public long[]? padding { get; private set; }
    public Padding? padding_type { get; private set; }
    public PaddingModes padding_mode { get; set; }
    public Parameter weight { get => RegisteredParameter(nameof(weight))!; set => Register(nameof(weight), value); }
    public Parameter? bias { get => RegisteredParameter(nameof(bias)); set => Register(nameof(bias), value); }

    public void reset_parameters() => nn.init.FanInUniform(weight, bias);

    /// <summary>Batched or not, the input has this module's channels.</summary>
    protected bool ValidateShape(Tensor input, long dimensions)
        => input.dim() == dimensions + 2 && input.shape[1] == in_channels || input.dim() == dimensions + 1 && input.shape[0] == in_channels;
}
