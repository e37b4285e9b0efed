using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace CompareOptimizers.Training;

/// <summary>The networks that can be trained, for square grey images.</summary>
internal static class Models
{
    public static readonly string[] Names = ["mlp", "cnn"];

    /// <summary>The network of this name with the initial weights of this seed.</summary>
    public static Module<Tensor, Tensor> Create(string name, int side, long seed)
    {
        manual_seed(seed);
        return name == "cnn" ? ConvolutionalNetwork(side) : Perceptron(side);
    }

    private static Module<Tensor, Tensor> Perceptron(int side) =>
        Sequential(Flatten(), Linear(side * side, 128), ReLU(), Linear(128, Problem.Classes));

    private static Module<Tensor, Tensor> ConvolutionalNetwork(int side) =>
        Sequential(
            Conv2d(1, 8, 3, padding: 1), ReLU(), MaxPool2d(2),
            Conv2d(8, 16, 3, padding: 1), ReLU(), MaxPool2d(2),
            Flatten(), Linear(16 * (side / 4) * (side / 4), Problem.Classes));
}
