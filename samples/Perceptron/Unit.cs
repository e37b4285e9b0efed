using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Perceptron;

/// <summary>One sigmoid unit, a = σ(w·x + b), that starts from zero.</summary>
internal sealed class Unit : IDisposable
{
    public Parameter Weight { get; } = new(zeros(2, 1, dtype: ScalarType.Float64));
    public Parameter Bias { get; } = new(zeros(1, dtype: ScalarType.Float64));

    public IEnumerable<Parameter> Parameters => [Weight, Bias];

    public Tensor Forward(Tensor inputs) => (inputs.matmul(Weight) + Bias).sigmoid();

    /// <summary>The binary cross-entropy, the mean of −(y ln a + (1 − y) ln(1 − a)).</summary>
    public Tensor Loss(TwoIrises data) => F.binary_cross_entropy(Forward(data.Inputs), data.Labels);

    /// <summary>How many flowers it takes for the other species.</summary>
    public int Errors(TwoIrises data)
    {
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        return (int)Forward(data.Inputs).gt(0.5).ne(data.Labels.gt(0.5)).sum().ToDouble();
    }

    public void Dispose()
    {
        Weight.Dispose();
        Bias.Dispose();
    }
}
