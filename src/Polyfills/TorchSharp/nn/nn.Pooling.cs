using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static MaxPool2d MaxPool2d(long kernel_size, long? stride = null, long? padding = null, long? dilation = null, bool ceil_mode = false)
            => new(kernel_size.Both(), (stride ?? kernel_size).Both(), padding?.Both() ?? [0, 0], dilation?.Both() ?? [1, 1], ceil_mode);

        public static MaxPool2d MaxPool2d((long, long) kernel_size, (long, long)? stride = null, (long, long)? padding = null, (long, long)? dilation = null, bool ceil_mode = false)
            => new(kernel_size.Both(), (stride ?? kernel_size).Both(), padding?.Both() ?? [0, 0], dilation?.Both() ?? [1, 1], ceil_mode);

        public static MaxPool2d MaxPool2d(long[] kernel_size, long[] stride = null!, long[] padding = null!, long[] dilation = null!, bool ceil_mode = false)
            => new(kernel_size, stride, padding, dilation, ceil_mode);

        public static AvgPool2d AvgPool2d(long kernel_size, long? stride = null, long? padding = null, bool ceil_mode = false, bool count_include_pad = true, long? divisor_override = null)
            => new(kernel_size.Both(), stride?.Both(), padding?.Both(), ceil_mode, count_include_pad, divisor_override);

        public static AvgPool2d AvgPool2d((long, long) kernel_size, (long, long)? stride = null, (long, long)? padding = null, bool ceil_mode = false, bool count_include_pad = true, long? divisor_override = null)
            => new(kernel_size.Both(), stride?.Both(), padding?.Both(), ceil_mode, count_include_pad, divisor_override);

        public static AvgPool2d AvgPool2d(long[] kernel_size, long[] stride = null!, long[] padding = null!, bool ceil_mode = false, bool count_include_pad = true, long? divisor_override = null)
            => new(kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override);

        public static AdaptiveAvgPool2d AdaptiveAvgPool2d(long output_size) => new(output_size.Both());
        public static AdaptiveAvgPool2d AdaptiveAvgPool2d((long, long) output_size) => new(output_size.Both());
        public static AdaptiveAvgPool2d AdaptiveAvgPool2d(long[] output_size) => new(output_size);
    }
}
