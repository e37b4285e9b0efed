using TorchOptimExt.ML.Modules;
using TorchOptimExt.ML.Training;

namespace TorchOptimExt.ML;

/// <summary>
/// The built-in multilayer perceptron: each hidden layer is linear, batch normalization (if on), activation, dropout (if any); then comes
/// a linear
/// layer.
/// </summary>
public sealed class MlpOptions
{
    /// <summary>
    /// The widths of the hidden layers, each ≥ 1; default [128]. An empty list gives a linear model (logistic regression, softmax
    /// regression or
    /// least squares).
    /// </summary>
    public IReadOnlyList<int> HiddenSizes { get; set; } = [128];

    /// <summary>The activation function of the hidden layers; default ReLU.</summary>
    public Activation Activation { get; set; } = Activation.ReLU;

    /// <summary>The probability with which a hidden value is set to 0 in training; 0 ≤ p &lt; 1, default 0.</summary>
    public double Dropout { get; set; }

    /// <summary>
    /// Whether hidden layers are normalized over the batch (batch normalization), for batches of two rows or more; default false.
    /// </summary>
    public bool BatchNormalization { get; set; }

    internal void Check()
    {
        ArgumentNullException.ThrowIfNull(HiddenSizes);
        foreach (var size in HiddenSizes) TrainingOptions.Require(size >= 1, nameof(HiddenSizes), size, "at least 1 each");
        TrainingOptions.Require(Dropout is >= 0 and < 1, nameof(Dropout), Dropout, "from 0 to below 1");
        TrainingOptions.Require(Enum.IsDefined(Activation), nameof(Activation), Activation, "one of " + string.Join(", ",
            Enum.GetNames<Activation>()));
    }

    internal Mlp ToModule() => new([.. HiddenSizes], Activation.ToString(), Dropout, BatchNormalization);

    internal MlpOptions Copy() => new()
    {
        HiddenSizes = [.. HiddenSizes],
        Activation = Activation,
        Dropout = Dropout,
        BatchNormalization = BatchNormalization
    };
}
