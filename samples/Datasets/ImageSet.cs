namespace Datasets;

/// <summary>Grey images of ten classes that a sample trains on.</summary>
/// <param name="Name">What they are.</param>
/// <param name="Side">Pixels of a row and of a column.</param>
/// <param name="White">The largest grey value.</param>
/// <param name="Train">Those to train with.</param>
/// <param name="Test">Those to test with.</param>
public sealed record ImageSet(string Name, int Side, byte White, LabelledImages Train, LabelledImages Test)
{
    public const int Classes = 10;

    /// <summary>What <c>--data</c> calls the digits that ship with the repository.</summary>
    public const string DigitsName = "digits";

    /// <summary>The description of an option <c>--data</c>.</summary>
    public const string DataDescription =
        $"Folder with the IDX files of Fashion-MNIST, or '{DigitsName}': the handwritten digits that ship with the repository (default: Fashion-MNIST where it is installed or can be downloaded, else the digits)";

    public int PixelsPerImage => Side * Side;

    /// <summary>What <paramref name="data"/> names; without a name Fashion-MNIST from its source or, if that fails, which is said in one line, the digits.</summary>
    /// <param name="data">A folder, <see cref="DigitsName"/>, or null.</param>
    /// <param name="source">Where Fashion-MNIST comes from if nothing is named.</param>
    /// <param name="console">Is told of a download, and of the digits if they stand in.</param>
    /// <param name="cancel">Ends a download.</param>
    /// <exception cref="DatasetException">The folder's data is missing, truncated or corrupt.</exception>
    /// <exception cref="OperationCanceledException">As <paramref name="cancel"/> asked.</exception>
    public static ImageSet Load(string? data, FashionMnistSource source, TextWriter console, CancellationToken cancel = default)
    {
        if (data == DigitsName)
            return OfDigits();
        if (data is not null)
            return OfFashionMnist(data);
        try
        {
            return OfFashionMnist(source.Find(console, cancel));
        }
        catch (DatasetException e)
        {
            console.WriteLine($"{e.Path} {e.Problem}: training on the handwritten digits of this repository instead.");
            return OfDigits();
        }
    }

    private static ImageSet OfDigits()
    {
        var digits = Digits.Load();
        return new("UCI handwritten digits", Digits.Side, Digits.Ink, digits.Train, digits.Test);
    }

    private static ImageSet OfFashionMnist(string folder)
    {
        var images = FashionMnist.Load(folder);
        return new("Fashion-MNIST", FashionMnist.Side, byte.MaxValue, images.Train, images.Test);
    }
}
