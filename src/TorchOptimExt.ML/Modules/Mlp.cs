using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TorchOptimExt.ML.Modules;

/// <summary>The built-in multilayer perceptron; see MlpOptions. The activation is the name of one of <see cref="Activations"/>.</summary>
internal sealed record Mlp(IReadOnlyList<int> HiddenSizes, string Activation, double Dropout, bool BatchNormalization)
{
    private static readonly Dictionary<string, Func<Module<Tensor, Tensor>>> Activations = new(StringComparer.Ordinal)
    {
        ["ReLU"] = () => ReLU(),
        ["Tanh"] = () => Tanh(),
        ["Sigmoid"] = () => Sigmoid(),
        ["GELU"] = () => GELU(),
    };

    /// <summary>What a checkpoint calls it.</summary>
    public override string ToString() => FormattableString.Invariant($"a perceptron of {string.Join("-", HiddenSizes)} {Activation}, ")
        + FormattableString.Invariant($"dropout {Dropout}{(BatchNormalization ? ", batch normalization" : "")}");

    internal Module<Tensor, Tensor> Make(long inputs, long outputs)
    {
        if (!Activations.TryGetValue(Activation, out var activation))
            throw new InvalidDataException($"The activation '{Activation}' is not known; it must be one of "
                + $"{string.Join(", ", Activations.Keys)}.");
        var layers = new List<(string name, Module<Tensor, Tensor> layer)>();
        var width = inputs;
        foreach (var size in HiddenSizes)
        {
            Add("linear", Linear(width, size, dtype: ScalarType.Float32));
            if (BatchNormalization) Add("norm", BatchNorm1d(size).to(ScalarType.Float32));     // not its count of batches, too
            Add("activation", activation());
            if (Dropout > 0) Add("dropout", nn.Dropout(Dropout));
            width = size;
        }
        Add("linear", Linear(width, outputs, dtype: ScalarType.Float32));
        return Sequential(layers);

        void Add(string kind, Module<Tensor, Tensor> layer) => layers.Add(($"{kind}{layers.Count}", layer));
    }
}
