using Datasets;
using static TorchSharp.torch;

namespace CompareOptimizers.Training;

/// <summary>Examples: inputs [n, 1, side, side] with grey values from 0 to 1 or [n, features], and what is to be said of them: [n] classes or [n, 1] numbers.</summary>
internal sealed record Examples(Tensor Inputs, Tensor Targets)
{
    public int Count => (int)Inputs.shape[0];

    /// <summary>These rows, in this order; the examples themselves where it is all of them.</summary>
    public Examples Rows(long[] rows)
    {
        if (rows.Length == Count)
            return this;
        using var index = tensor(rows, device: Inputs.device);
        return new(Inputs.index_select(0, index), Targets.index_select(0, index));
    }

    public Examples First(int count) => count >= Count ? this : new(Inputs.narrow(0, 0, count), Targets.narrow(0, 0, count));

    public Examples To(Device device) => new(Inputs.to(device), Targets.to(device));
}

/// <summary>What is learned, and from what.</summary>
/// <param name="Name">What the data is called.</param>
/// <param name="Unit">What an example is, in the plural.</param>
/// <param name="Objective">What is to be said of an example.</param>
/// <param name="Train">The examples to train with.</param>
/// <param name="Test">The examples to test with.</param>
internal sealed record Problem(string Name, string Unit, Objective Objective, Examples Train, Examples Test)
{
    /// <summary>The images as tensors.</summary>
    public static Problem Of(ImageSet images) =>
        new(images.Name, "images", new Classification(ImageSet.Classes), ToTensors(images.Train, images), ToTensors(images.Test, images));

    /// <summary>Pixels of a row and of a column; null where the examples are no images.</summary>
    public int? Side => Train.Inputs.dim() == 4 ? (int)Train.Inputs.shape[^1] : null;

    /// <summary>Numbers of an example.</summary>
    public long Features => Train.Inputs[0].numel();

    public Device Device => Train.Inputs.device;

    public Problem To(Device device) => this with { Train = Train.To(device), Test = Test.To(device) };

    private static Examples ToTensors(LabelledImages part, ImageSet images)
    {
        using var scope = NewDisposeScope();
        var pixels = tensor(part.Pixels, [part.Count, 1, images.Side, images.Side]).to(ScalarType.Float32) / images.White;
        return new(pixels.MoveToOuterDisposeScope(), tensor(part.Labels).to(ScalarType.Int64).MoveToOuterDisposeScope());
    }
}
