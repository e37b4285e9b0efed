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
    public const int Classes = 10;

    /// <summary>What <c>--data</c> calls the digits that ship with the repository.</summary>
    public const string DigitsName = "digits";

    /// <summary>Fashion-MNIST from a folder, or the digits that ship with the repository; without a name the first of the two that is there.</summary>
    /// <exception cref="DatasetException">The data is missing, truncated or corrupt.</exception>
    public static Problem Load(string? data)
    {
        data ??= Directory.Exists(FashionMnist.DebianFolder) ? FashionMnist.DebianFolder : DigitsName;
        if (data == DigitsName)
        {
            var digits = Digits.Load();
            return new("UCI handwritten digits", Digits.Side, ToTensors(digits.Train, Digits.Side, Digits.Ink), ToTensors(digits.Test, Digits.Side, Digits.Ink));
        }
        var mnist = FashionMnist.Load(data);
        return new("Fashion-MNIST", FashionMnist.Side, ToTensors(mnist.Train, FashionMnist.Side, byte.MaxValue), ToTensors(mnist.Test, FashionMnist.Side, byte.MaxValue));
    }

    private static Examples ToTensors(LabelledImages images, int side, byte ink)
    {
        using var scope = NewDisposeScope();
        var pixels = tensor(images.Pixels, [images.Count, 1, side, side]).to(ScalarType.Float32) / ink;
        return new(pixels.MoveToOuterDisposeScope(), tensor(images.Labels).to(ScalarType.Int64).MoveToOuterDisposeScope());
    }
}
