namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        // An operator in place returns another handle of its input, as TorchSharp's functions do.
        public static partial class functional
        {
            public static Tensor relu(Tensor x, bool inplace = false) => Op.Call(inplace ? "relu_" : "relu", x);
            public static Tensor relu6(Tensor x, bool inplace = false) => Op.Call(inplace ? "relu6_" : "relu6", x);
            public static Tensor leaky_relu(Tensor input, double negative_slope = 0.01, bool inplace = false) => Op.Call(inplace ? "leaky_relu_" : "leaky_relu", input, negative_slope);
            public static Tensor elu(Tensor x, double alpha, bool inplace = false) => Op.Call(inplace ? "elu_" : "elu", x, alpha);
            public static Tensor selu(Tensor x, bool inplace = false) => Op.Call(inplace ? "selu_" : "selu", x);
            public static Tensor gelu(Tensor x) => gelu(x, false);
            public static Tensor gelu(Tensor x, bool inplace) => Op.Call(inplace ? "gelu_" : "gelu", x);
            public static Tensor silu(Tensor x, bool inplace = false) => Op.Call(inplace ? "silu_" : "silu", x);
            public static Tensor sigmoid(Tensor x) => sigmoid(x, false);
            public static Tensor sigmoid(Tensor x, bool inplace) => Op.Call(inplace ? "sigmoid_" : "sigmoid", x);
            public static Tensor tanh(Tensor x, bool inplace = false) => Op.Call(inplace ? "tanh_" : "tanh", x);
            public static Tensor softplus(Tensor x, double beta = 1, double threshold = 20) => Op.Call("softplus", x, beta, threshold);
            public static Tensor logsigmoid(Tensor x) => Op.Call("log_sigmoid", x);
            public static Tensor softmax(Tensor input, long dim, ScalarType? dtype = null) => Op.Call("softmax.int", input, dim, dtype);
            public static Tensor log_softmax(Tensor x, long dim) => Op.Call("log_softmax.int", x, dim);
        }
    }
}
