namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class functional
        {
            public static Tensor cross_entropy(Tensor input, Tensor target, Tensor? weight = null, long ignore_index = -100, Reduction reduction = Reduction.Mean, double label_smoothing = 0)
                => Op.Call("cross_entropy_loss", input, target, weight, (long)reduction, ignore_index, label_smoothing);

            public static Tensor nll_loss(Tensor input, Tensor target, Tensor? weight = null, Reduction reduction = Reduction.Mean)
                => Op.Call("nll_loss_nd", input, target, weight, (long)reduction);

            public static Tensor binary_cross_entropy(Tensor input, Tensor target, Tensor? weight = null, Reduction reduction = Reduction.Mean)
                => Op.Call("binary_cross_entropy", input, target, weight, (long)reduction);

            public static Tensor binary_cross_entropy_with_logits(Tensor input, Tensor target, Tensor? weight = null, Reduction reduction = Reduction.Mean, Tensor? pos_weights = null)
                => Op.Call("binary_cross_entropy_with_logits", input, target, weight, pos_weights, (long)reduction);

            public static Tensor mse_loss(Tensor input, Tensor target, Reduction reduction = Reduction.Mean) => Compare("mse_loss", input, target, reduction);

            public static Tensor l1_loss(Tensor input, Tensor target, Reduction reduction = Reduction.Mean) => Compare("l1_loss", input, target, reduction);

            public static Tensor smooth_l1_loss(Tensor input, Tensor target, Reduction reduction = Reduction.Mean, double beta = 1) => Compare("smooth_l1_loss", input, target, reduction, beta);

            public static Tensor huber_loss(Tensor input, Tensor target, double delta = 1, Reduction reduction = Reduction.Mean) => Compare("huber_loss", input, target, reduction, delta);

            // libtorch's own functions broadcast before these operators, whose gradients need equal shapes.
            private static Tensor Compare(string loss, Tensor input, Tensor target, Reduction reduction, params ReadOnlySpan<Arg> more)
            {
                if (Op.Many("broadcast_tensors", new[] { input, target }) is not [var x, var y]) throw new InvalidOperationException(loss);
                using (x)
                using (y)
                    return Op.Call(loss, [x, y, (long)reduction, .. more]);
            }
        }
    }
}
