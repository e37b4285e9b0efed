namespace TorchSharp.Modules;

public sealed class Conv2d : Convolution
{
    internal Conv2d(long in_channels, long out_channels, (long, long) kernel_size, (long, long) stride, (long, long)? padding, Padding? padding_type, (long, long) dilation, long groups, bool bias, PaddingModes padding_mode, Device? device, ScalarType? dtype)
        : base(nameof(Conv2d), in_channels, out_channels, kernel_size.Both(), stride.Both(), padding?.Both(), padding_type, dilation.Both(), groups, bias, padding_mode, device, dtype) { }

    public override Tensor forward(Tensor input)
    {
        if (!ValidateShape(input, 2)) throw new ArgumentException($"Expected 3D (unbatched) or 4D (batched) input with {in_channels} channels to Conv2d.");
        if (padding_type is { } type) return nn.functional.conv2d_padding(input, weight, bias, stride, type, dilation, groups);
        if (padding_mode == PaddingModes.Zeros) return nn.functional.conv2d(input, weight, bias, stride, padding, dilation, groups);
        using var padded = nn.functional.pad(input, EdgePadding, padding_mode);
        return nn.functional.conv2d(padded, weight, bias, stride, [0, 0], dilation, groups);
    }
}
