using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.ML.Onnx;

internal sealed partial class LayerWriter
{
    // Null where it is none.
    private string? Activate(nn.Module module) => module switch
    {
        ReLU => graph.Add("Relu", input),
        ReLU6 => Clip(input, 0, 6),
        LeakyReLU a => graph.Add("LeakyRelu", input, ("alpha", a.negative_slope)),
        PReLU a => graph.Add("PRelu", [input, Slopes(a)]),
        ELU a => graph.Add("Elu", input, ("alpha", a.alpha)),
        CELU a => graph.Add("Celu", input, ("alpha", a.alpha)),
        SELU => graph.Add("Selu", input),
        GELU { approximate: GELU.Approximate.none } => Gelu(),
        GELU => GeluByTanh(),
        SiLU => Times(input, graph.Add("Sigmoid", input)),
        Mish => Times(input, graph.Add("Tanh", graph.Add("Softplus", input))),
        Sigmoid => graph.Add("Sigmoid", input),
        LogSigmoid => graph.Add("Neg", graph.Add("Softplus", graph.Add("Neg", input))),
        Tanh => graph.Add("Tanh", input),
        TorchSharp.Modules.Hardsigmoid => UnitRamp(),
        Hardswish => Times(input, UnitRamp()),
        Softplus a => Softplus(a.beta, a.threshold),
        Softsign => graph.Add("Softsign", input),
        Tanhshrink => graph.Add("Sub", [input, graph.Add("Tanh", input)]),
        TorchSharp.Modules.Softmax a => Softmax(a.dim),
        LogSoftmax a => graph.Add("Log", Softmax(a.dim)),
        _ => null,
    };

    private string Times(string first, string second) => graph.Add("Mul", [first, second]);

    private string Plus(string first, string second) => graph.Add("Add", [first, second]);

    private string Clip(string value, double least, double most)
    {
        // The bounds are numbers without a shape.
        return graph.Add("Clip", [value, graph.Constant("Least", [(float)least]), graph.Constant("Most", [(float)most])]);
    }

    private string UnitRamp() => Times(Clip(Plus(input, graph.Number(3)), 0, 6), graph.Number(1 / 6.0));

    // ln(1 + e^βx) / β, and x itself where βx is above the threshold.
    private string Softplus(double beta, double threshold)
    {
        var scaled = Times(input, graph.Number(beta));
        var smooth = Times(graph.Add("Softplus", scaled), graph.Number(1 / beta));
        return graph.Add("Where", [graph.Add("Greater", [scaled, graph.Number(threshold)]), input, smooth]);
    }

    // x Φ(x)
    private string Gelu()
    {
        var error = graph.Add("Erf", Times(input, graph.Number(1 / Math.Sqrt(2))));
        return Times(Times(input, graph.Number(0.5)), Plus(error, graph.Number(1)));
    }

    // 0.5 x (1 + tanh(√(2/π) (x + 0.044715 x³)))
    private string GeluByTanh()
    {
        var cube = Times(Times(input, input), Times(input, graph.Number(0.044715)));
        var tanh = graph.Add("Tanh", Times(Plus(input, cube), graph.Number(Math.Sqrt(2 / Math.PI))));
        return Times(Times(input, graph.Number(0.5)), Plus(tanh, graph.Number(1)));
    }

    // One for each channel, which is the second dimension.
    private string Slopes(PReLU activation)
    {
        long[] slopes = activation.num_parameters == 1 ? [1] : [activation.num_parameters, .. shape[2..].Select(_ => 1L)];
        using var weight = activation.weight.reshape(slopes);
        return Constant("slope", weight);
    }

    // The operator of this version takes the last dimension only as libtorch does.
    private string Softmax(long dim)
    {
        var axis = dim < 0 ? dim + shape.Length : dim;
        if (axis == shape.Length - 1) return graph.Add("Softmax", input, ("axis", (int)axis));
        if (axis == 0) throw Unknown("it mixes rows");
        var exp = graph.Add("Exp", graph.Add("Sub", [input, graph.Add("ReduceMax", input, ("axes", (long[])[axis]), ("keepdims", 1))]));
        return graph.Add("Div", [exp, graph.Add("ReduceSum", exp, ("axes", (long[])[axis]), ("keepdims", 1))]);
    }
}
