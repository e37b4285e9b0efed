using Datasets;
using TorchOptimExt;
using TorchOptimExt.Orleans;
using TorchSharp;
using static TorchSharp.torch;

namespace ElasticDigits;

/// <summary>
/// A linear classifier of handwritten digits, searched by what it is judged by: the share that it gets wrong, which has no gradient.
/// </summary>
internal static class Problem
{
    /// <summary>The name of the search.</summary>
    internal const string Name = "digits";

    internal const int Directions = 64;

    /// <summary>What every silo makes for itself.</summary>
    internal static SearchTask Create()
    {
        var (images, labels) = Tensors(Digits.Load().Train);
        var model = Model();
        var optimizer = optim.ARS(model.parameters(), lr: 0.05, n_directions: Directions, delta_std: 0.05, top_directions: 32, seed: 1);
        return new(model, optimizer, _ => Wrong(model, images, labels));
    }

    /// <summary>The classifier before the search: all weights are zero.</summary>
    internal static TorchSharp.Modules.Linear Model()
    {
        var model = nn.Linear(Digits.PixelsPerImage, Digits.Classes);
        using var quiet = no_grad();
        foreach (var parameter in model.parameters()) parameter.zero_();
        return model;
    }

    /// <summary>The share of the test images that a classifier gets right.</summary>
    internal static double TestAccuracy(TorchSharp.Modules.Linear model)
    {
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        var (images, labels) = Tensors(Digits.Load().Test);
        return 1 - Wrong(model, images, labels);
    }

    private static double Wrong(TorchSharp.Modules.Linear model, Tensor images, Tensor labels) =>
        model.forward(images).argmax(1).ne(labels).to(ScalarType.Float64).mean().ToDouble();

    private static (Tensor images, Tensor labels) Tensors(LabelledImages data)
    {
        var images = tensor(data.Pixels, [data.Count, Digits.PixelsPerImage], ScalarType.Float32).div_(Digits.Ink);
        return (images, tensor(data.Labels, ScalarType.Int64));
    }
}
