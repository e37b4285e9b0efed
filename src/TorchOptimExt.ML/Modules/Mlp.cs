using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TorchOptimExt.ML.Modules;

internal static class Mlp
{
    internal static Module<Tensor, Tensor> Make(MlpOptions options, long inputs, long outputs)
    {
        var layers = new List<(string name, Module<Tensor, Tensor> layer)>();
        var width = inputs;
        foreach (var size in options.HiddenSizes)
        {
            Add("linear", Linear(width, size));
            if (options.BatchNormalization) Add("norm", BatchNorm1d(size));
            Add("activation", Make(options.Activation));
            if (options.Dropout > 0) Add("dropout", Dropout(options.Dropout));
            width = size;
        }
        Add("linear", Linear(width, outputs));
        return Sequential(layers);

        void Add(string kind, Module<Tensor, Tensor> layer) => layers.Add(($"{kind}{layers.Count}", layer));
    }

    private static Module<Tensor, Tensor> Make(Activation activation) => activation switch
    {
        Activation.ReLU => ReLU(),
        Activation.Tanh => Tanh(),
        Activation.Sigmoid => Sigmoid(),
        Activation.GELU => GELU(),
        _ => throw new ArgumentOutOfRangeException(nameof(activation), activation, null),
    };
}
