using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>Fills a tensor in place, outside of autograd, with libtorch's formulas and order of random numbers.</summary>
        public static class init
        {
            public enum NonlinearityType { Linear = 0, Conv1D = 1, Conv2D = 2, Conv3D = 3, ConvTranspose1D = 4, ConvTranspose2D = 5, ConvTranspose3D = 6, Sigmoid = 7, Tanh = 8, ReLU = 9, LeakyReLU = 10 }

            public enum FanInOut { FanIn = 0, FanOut = 1 }

            public static double calculate_gain(NonlinearityType nonlinearity, double param = 0) => nonlinearity switch
            {
                NonlinearityType.Tanh => 5.0 / 3,
                NonlinearityType.ReLU => Math.Sqrt(2),
                NonlinearityType.LeakyReLU => Math.Sqrt(2 / (1 + param * param)),
                _ => 1,
            };

            public static Tensor constant_(Tensor tensor, Scalar val) => Fill(tensor, "fill_.Scalar", val);
            public static Tensor ones_(Tensor tensor) => Fill(tensor, "fill_.Scalar", 1.0);
            public static Tensor zeros_(Tensor tensor) => Fill(tensor, "zero_");

            // TorchSharp takes a generator here and leaves it aside.
            public static Tensor uniform_(Tensor tensor, double low = 0, double high = 1, Generator generator = null!) => Fill(tensor, "uniform_", low, high);
            public static Tensor normal_(Tensor tensor, double mean = 0, double std = 1, Generator generator = null!) => Fill(tensor, "normal_", mean, std);

            public static Tensor eye_(Tensor tensor)
            {
                if (tensor.dim() != 2) throw new ArgumentException("Only tensors with 2 dimensions are supported");
                using var _ = no_grad();
                using var eye = Op.Call("eye.m", tensor.shape[0], tensor.shape[1]);
                return Op.InPlace("copy_", tensor, eye);
            }

            public static Tensor xavier_uniform_(Tensor tensor, double gain = 1)
            {
                var (fanIn, fanOut) = CalculateFanInAndFanOut(tensor);
                return Symmetric(tensor, Math.Sqrt(3) * (gain * Math.Sqrt(2.0 / (fanIn + fanOut))));
            }

            // TorchSharp calls the uniform one here.
            public static Tensor xavier_normal_(Tensor tensor, double gain = 1) => xavier_uniform_(tensor, gain);
            public static Tensor glorot_uniform_(Tensor tensor, double gain = 1) => xavier_uniform_(tensor, gain);
            public static Tensor glorot_normal_(Tensor tensor, double gain = 1) => xavier_normal_(tensor, gain);

            public static Tensor kaiming_uniform_(Tensor tensor, double a = 0, FanInOut mode = FanInOut.FanIn, NonlinearityType nonlinearity = NonlinearityType.LeakyReLU)
                => Symmetric(tensor, Math.Sqrt(3) * KaimingDeviation(tensor, a, mode, nonlinearity));

            public static Tensor kaiming_normal_(Tensor tensor, double a = 0, FanInOut mode = FanInOut.FanIn, NonlinearityType nonlinearity = NonlinearityType.LeakyReLU)
                => normal_(tensor, 0, KaimingDeviation(tensor, a, mode, nonlinearity));

            /// <summary>The Q of a random matrix's QR decomposition, with signs that make it uniformly distributed.</summary>
            public static Tensor orthogonal_(Tensor tensor, double gain = 1)
            {
                if (tensor.dim() < 2) throw new ArgumentException("Only tensors with 2 or more dimensions are supported");
                using var scope = NewDisposeScope();
                using var _ = no_grad();
                var (rows, columns) = (tensor.shape[0], tensor.NumberOfElements / tensor.shape[0]);
                var random = Op.Call("randn", new[] { rows, columns });
                var (q, r) = Op.Two("linalg_qr", rows < columns ? Op.Call("t", random) : random);
                var signs = Op.Call("sign", Op.Call("diag", r));
                Op.InPlace("mul_.Tensor", q, signs);
                Op.InPlace("copy_", tensor, Op.Call("view_as", Op.Call("contiguous", rows < columns ? Op.Call("t", q) : q), tensor));
                return Op.InPlace("mul_.Scalar", tensor, gain);
            }

            public static (long fanIn, long fanOut) CalculateFanInAndFanOut(Tensor tensor)
            {
                if (tensor.dim() < 2) throw new ArgumentException("Fan in and fan out can not be computed for tensor with fewer than 2 dimensions");
                var receptiveField = tensor.NumberOfElements / (tensor.shape[0] * tensor.shape[1]);
                return (tensor.shape[1] * receptiveField, tensor.shape[0] * receptiveField);
            }

            /// <summary>What Linear and the convolutions start with: both uniform in ±1/√fan-in, the weight's numbers first.</summary>
            internal static void FanInUniform(Parameter weight, Parameter? bias)
            {
                kaiming_uniform_(weight, Math.Sqrt(5));
                var (fanIn, _) = CalculateFanInAndFanOut(weight);
                if (bias is not null && fanIn > 0) Symmetric(bias, 1 / Math.Sqrt(fanIn));
            }

            private static double KaimingDeviation(Tensor tensor, double a, FanInOut mode, NonlinearityType nonlinearity)
            {
                var (fanIn, fanOut) = CalculateFanInAndFanOut(tensor);
                return calculate_gain(nonlinearity, a) / Math.Sqrt(mode == FanInOut.FanIn ? fanIn : fanOut);
            }

            private static Tensor Symmetric(Tensor tensor, double bound) => uniform_(tensor, -bound, bound);

            private static Tensor Fill(Tensor tensor, string name, params ReadOnlySpan<Arg> args)
            {
                using var _ = no_grad();
                return Op.InPlace(name, tensor, args);
            }
        }
    }
}
