using Datasets;
using TorchOptimExt.ML;
using static TorchSharp.torch;

namespace TorchOptimExt.Benchmarks.MlNet;

/// <summary>The network of all rows of this benchmark: 784 → 128 → 10.</summary>
internal static class Perceptron
{
    internal static TorchTrainerOptions Options(int epochs, int batchSize, double lr) => new()
    {
        Mlp = new MlpOptions { HiddenSizes = [128] },
        Optimizer = parameters => optim.fused.Adam(parameters, lr),
        Epochs = epochs,
        BatchSize = batchSize,
        Seed = 1,
    };

    internal static nn.Module<Tensor, Tensor> Module() => nn.Sequential(nn.Linear(FashionMnist.PixelsPerImage, 128), nn.ReLU(), nn.Linear(128, FashionMnist.Classes));
}
