using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace CompareOptimizers.Training;

/// <summary>The networks that can be trained, for square grey images.</summary>
internal static class Models
{
    /// <summary>A perceptron with one hidden layer. Smooth: two trainings that differ in the last bit of a weight stay together.</summary>
    public const string Perceptron = "mlp";

    /// <summary>Two convolutions and a linear layer.</summary>
    public const string Convolutional = "cnn";

    /// <summary>The same with batch normalisation after each convolution.</summary>
    public const string Normalized = "cnn with batch norm";

    public static readonly string[] Names = [Perceptron, Convolutional];

    /// <summary>The network of this name with the initial weights of this seed.</summary>
    public static Module<Tensor, Tensor> Create(string name, int side, long seed)
    {
        manual_seed(seed);
        return name switch
        {
            Perceptron => Sequential(Flatten(), Linear(side * side, 128), Tanh(), Linear(128, Problem.Classes)),
            Convolutional => Sequential(
                Conv2d(1, 8, 3, padding: 1), ReLU(), MaxPool2d(2),
                Conv2d(8, 16, 3, padding: 1), ReLU(), MaxPool2d(2),
                Flatten(), Linear(Flattened(side), Problem.Classes)),
            Normalized => Sequential(
                Conv2d(1, 8, 3, padding: 1), BatchNorm2d(8), ReLU(), MaxPool2d(2),
                Conv2d(8, 16, 3, padding: 1), BatchNorm2d(16), ReLU(), MaxPool2d(2),
                Flatten(), Linear(Flattened(side), Problem.Classes)),
            _ => throw new ArgumentException($"There is no model {name}.", nameof(name)),
        };
    }

    private static long Flattened(int side) => 16 * (side / 4) * (side / 4);
}
