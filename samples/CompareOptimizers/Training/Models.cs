using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace CompareOptimizers.Training;

/// <summary>The networks that can be trained.</summary>
internal static class Models
{
    /// <summary>A linear layer: logistic or linear regression.</summary>
    public const string Linear = "linear";

    /// <summary>A perceptron with one hidden layer. Smooth: two trainings that differ in the last bit of a weight stay together.</summary>
    public const string Perceptron = "mlp";

    /// <summary>Two convolutions and a linear layer.</summary>
    public const string Convolutional = "cnn";

    /// <summary>The same with batch normalisation after each convolution.</summary>
    public const string Normalized = "cnn with batch norm";

    public static readonly string[] Names = [Linear, Perceptron, Convolutional];

    /// <summary>The network of this name for a problem, with the initial weights of this seed, where the problem's data is.</summary>
    /// <exception cref="UserException">It needs images, and there are none.</exception>
    public static Module<Tensor, Tensor> Create(string name, Problem problem, long seed)
    {
        if (name is Convolutional or Normalized && problem.Side is null)
            throw new UserException($"--model is '{name}', which needs images, and {problem.Name} has none; name {Perceptron} or {Linear}.");
        manual_seed(seed);
        return Create(name, problem).to(problem.Device);
    }

    private static Module<Tensor, Tensor> Create(string name, Problem problem)
    {
        var outputs = problem.Objective.Outputs;
        return name switch
        {
            Linear => Sequential(Flatten(), nn.Linear(problem.Features, outputs)),
            Perceptron => Sequential(Flatten(), nn.Linear(problem.Features, 128), Tanh(), nn.Linear(128, outputs)),
            Convolutional => Sequential(
                Conv2d(1, 8, 3, padding: 1), ReLU(), MaxPool2d(2),
                Conv2d(8, 16, 3, padding: 1), ReLU(), MaxPool2d(2),
                Flatten(), nn.Linear(Flattened(problem), outputs)),
            Normalized => Sequential(
                Conv2d(1, 8, 3, padding: 1), BatchNorm2d(8), ReLU(), MaxPool2d(2),
                Conv2d(8, 16, 3, padding: 1), BatchNorm2d(16), ReLU(), MaxPool2d(2),
                Flatten(), nn.Linear(Flattened(problem), outputs)),
            _ => throw new ArgumentException($"There is no model {name}.", nameof(name)),
        };
    }

    private static long Flattened(Problem problem) => 16 * (problem.Side!.Value / 4) * (problem.Side.Value / 4);
}
