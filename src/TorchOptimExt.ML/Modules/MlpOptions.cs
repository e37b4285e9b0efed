namespace TorchOptimExt.ML;

/// <summary>The built-in multilayer perceptron: hidden layers of linear, batch normalization, activation, dropout; then a linear layer.</summary>
public sealed class MlpOptions
{
    /// <summary>The widths of the hidden layers, each ≥ 1; none gives a linear model (logistic, softmax or least squares).</summary>
    public IReadOnlyList<int> HiddenSizes { get; set; } = [64];

    /// <summary>What follows each hidden layer.</summary>
    public Activation Activation { get; set; } = Activation.ReLU;

    /// <summary>The share of hidden values that is set to 0 in training, in [0, 1).</summary>
    public double Dropout { get; set; }

    /// <summary>Whether hidden layers are normalized over the batch.</summary>
    public bool BatchNormalization { get; set; }

    internal void Check()
    {
        ArgumentNullException.ThrowIfNull(HiddenSizes);
        foreach (var size in HiddenSizes) TorchTrainerOptions.Require(size >= 1, nameof(HiddenSizes), size, "at least 1 each");
        TorchTrainerOptions.Require(Dropout is >= 0 and < 1, nameof(Dropout), Dropout, "from 0 to below 1");
        TorchTrainerOptions.Require(Enum.IsDefined(Activation), nameof(Activation), Activation, "one of " + string.Join(", ", Enum.GetNames<Activation>()));
    }
}
