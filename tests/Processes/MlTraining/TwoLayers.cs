using static TorchSharp.torch;

namespace MlTraining;

/// <summary>A module as a user writes one.</summary>
public sealed class TwoLayers : nn.Module<Tensor, Tensor>
{
    private readonly nn.Module<Tensor, Tensor> first, second;

    /// <summary>With so many inputs and outputs.</summary>
    public TwoLayers(long inputs, long outputs) : base(nameof(TwoLayers))
    {
        (first, second) = (nn.Linear(inputs, 5), nn.Linear(5, outputs));
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => second.call(first.call(input).tanh());
}
