namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class functional
        {
            public static Tensor max_pool2d(Tensor input, long kernel_size, long? stride = null, long? padding = null, long? dilation = null, bool ceil_mode = false)
                => max_pool2d(input, kernel_size.Both(), stride?.Both()!, padding?.Both()!, dilation?.Both()!, ceil_mode);

            public static Tensor max_pool2d(Tensor input, (long, long) kernel_size, (long, long)? stride = null, (long, long)? padding = null, (long, long)? dilation = null, bool ceil_mode = false)
                => max_pool2d(input, kernel_size.Both(), stride?.Both()!, padding?.Both()!, dilation?.Both()!, ceil_mode);

            public static Tensor max_pool2d(Tensor input, long[] kernel_size, long[] strides = null!, long[] padding = null!, long[] dilation = null!, bool ceil_mode = false)
                => Op.Call("max_pool2d", input, kernel_size, strides ?? kernel_size, padding ?? [0, 0], dilation ?? [1, 1], ceil_mode);

            public static (Tensor output, Tensor indices) max_pool2d_with_indices(Tensor input, long[] kernel_size, long[] strides = null!, long[] padding = null!, long[] dilation = null!, bool ceil_mode = false)
                => Op.Two("max_pool2d_with_indices", input, kernel_size, strides ?? kernel_size, padding ?? [0, 0], dilation ?? [1, 1], ceil_mode);

            public static Tensor avg_pool2d(Tensor input, long kernel_size, long? stride = null, long padding = 0, bool ceil_mode = false, bool count_include_pad = true, long? divisor_override = null)
                => avg_pool2d(input, kernel_size.Both(), stride?.Both()!, padding.Both(), ceil_mode, count_include_pad, divisor_override);

            public static Tensor avg_pool2d(Tensor input, (long, long) kernel_size, (long, long)? stride = null, (long, long)? padding = null, bool ceil_mode = false, bool count_include_pad = true, long? divisor_override = null)
                => avg_pool2d(input, kernel_size.Both(), stride?.Both()!, padding?.Both()!, ceil_mode, count_include_pad, divisor_override);

            public static Tensor avg_pool2d(Tensor input, long[] kernel_size, long[] stride = null!, long[] padding = null!, bool ceil_mode = false, bool count_include_pad = true, long? divisor_override = null)
                => Op.Call("avg_pool2d", input, kernel_size, stride ?? kernel_size, padding ?? [0, 0], ceil_mode, count_include_pad, divisor_override);

            public static Tensor adaptive_avg_pool2d(Tensor input, long output_size) => adaptive_avg_pool2d(input, output_size.Both());

            public static Tensor adaptive_avg_pool2d(Tensor input, (long, long) output_size) => adaptive_avg_pool2d(input, output_size.Both());

            public static Tensor adaptive_avg_pool2d(Tensor input, long[] output_size) => Op.Call("adaptive_avg_pool2d", input, output_size);
        }
    }
}
