using Datasets;
using static TorchSharp.torch;

namespace CompareOptimizers.Training;

/// <summary>Images [n, 1, side, side] with grey values from 0 to 1, and their classes [n].</summary>
internal sealed record Examples(Tensor Images, Tensor Labels)
{
    public int Count => (int)Images.shape[0];

    /// <summary>These rows, in this order; the examples themselves where it is all of them.</summary>
    public Examples Rows(long[] rows)
    {
        if (rows.Length == Count)
            return this;
        using var index = tensor(rows);
        return new(Images.index_select(0, index), Labels.index_select(0, index));
    }

    public Examples First(int count) => count >= Count ? this : new(Images.narrow(0, 0, count), Labels.narrow(0, 0, count));
}

/// <summary>What is learned: images of ten classes.</summary>
internal sealed record Problem(string Name, int Side, Examples Train, Examples Test)
{
    public const int Classes = ImageSet.Classes;

    /// <summary>The images as tensors.</summary>
    public static Problem Of(ImageSet images) => new(images.Name, images.Side, ToTensors(images.Train, images), ToTensors(images.Test, images));

    private static Examples ToTensors(LabelledImages part, ImageSet images)
    {
        using var scope = NewDisposeScope();
        var pixels = tensor(part.Pixels, [part.Count, 1, images.Side, images.Side]).to(ScalarType.Float32) / images.White;
        return new(pixels.MoveToOuterDisposeScope(), tensor(part.Labels).to(ScalarType.Int64).MoveToOuterDisposeScope());
    }
}
