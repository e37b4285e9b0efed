namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class functional
        {
            public static Tensor linear(Tensor input, Tensor weights, Tensor? bias = null) => Op.Call("linear", input, weights, bias);

            public static Tensor conv1d(Tensor input, Tensor weight, Tensor? bias = null, long? stride = null, long? padding = null, long? dilation = null, long groups = 1)
                => Op.Call("conv1d", input, weight, bias, new[] { stride ?? 1 }, new[] { padding ?? 0 }, new[] { dilation ?? 1 }, groups);

            public static Tensor conv1d_padding(Tensor input, Tensor weight, Tensor? bias = null, long? stride = null, Padding padding = Padding.Valid, long? dilation = null, long groups = 1)
                => Op.Call("conv1d.padding", input, weight, bias, new[] { stride ?? 1 }, Name(padding), new[] { dilation ?? 1 }, groups);

            public static Tensor conv2d(Tensor input, Tensor weight, Tensor? bias = null, long[]? strides = null, long[]? padding = null, long[]? dilation = null, long groups = 1)
                => Op.Call("conv2d", input, weight, bias, strides ?? [1, 1], padding ?? [0, 0], dilation ?? [1, 1], groups);

            public static Tensor conv2d_padding(Tensor input, Tensor weight, Tensor? bias = null, long[]? strides = null, Padding padding = Padding.Valid, long[]? dilation = null, long groups = 1)
                => Op.Call("conv2d.padding", input, weight, bias, strides ?? [1, 1], Name(padding), dilation ?? [1, 1], groups);

            public static Tensor batch_norm(Tensor input, Tensor? running_mean, Tensor? running_var, Tensor? weight = null, Tensor? bias = null, bool training = false, double momentum = 0.1, double eps = 1e-5)
                => Op.Call("batch_norm", input, weight, bias, running_mean, running_var, training, momentum, eps, false);

            public static Tensor layer_norm(Tensor input, long[] normalized_shape, Tensor? weight = null, Tensor? bias = null, double eps = 1e-5)
                => Op.Call("layer_norm", input, normalized_shape, weight, bias, eps);

            public static Tensor dropout(Tensor input, double p = 0.5, bool training = true, bool inplace = false)
                => Op.Call(inplace ? "dropout_" : "dropout", input, p, training);

            public static Tensor normalize(Tensor input, double p = 2, long dim = 1, double eps = 1e-12)
            {
                using var norm = Op.Call("norm.ScalarOpt_dim", input, p, new[] { dim }, true);
                using var divisor = Op.Call("clamp_min", norm, eps);
                return Op.Call("div.Tensor", input, divisor);
            }

            public static Tensor one_hot(Tensor x, long num_classes = -1)
                => x.dtype == ScalarType.Int64 ? Op.Call("one_hot", x, num_classes) : throw new ArgumentException("OneHot input tensor must have elements of type Int64");

            /// <summary>Widths before and after each dimension, the last dimension first.</summary>
            public static Tensor pad(Tensor input, long[] pad, PaddingModes mode = PaddingModes.Constant, double value = 0) => mode switch
            {
                PaddingModes.Constant or PaddingModes.Zeros => Op.Call("pad", input, pad, "constant", value),
                PaddingModes.Reflect => Op.Call("pad", input, pad, "reflect"),
                PaddingModes.Replicate => Op.Call("pad", input, pad, "replicate"),
                _ => Op.Call("pad", input, pad, "circular"),
            };

            private static string Name(Padding padding) => padding == Padding.Same ? "same" : "valid";
        }
    }
}
