namespace Datasets;

/// <summary>Fashion-MNIST (or MNIST, in the same format): 28 x 28 grey images of ten classes, 60,000 to train with and 10,000 to test with.</summary>
public sealed record FashionMnist(LabelledImages Train, LabelledImages Test)
{
    public const int Side = 28;
    public const int PixelsPerImage = Side * Side;
    public const int Classes = 10;

    /// <summary>Where Debian's package dataset-fashion-mnist puts the files.</summary>
    public const string DebianFolder = "/usr/share/datasets/fashion-mnist";

    /// <summary>Reads the four IDX files, compressed (<c>.gz</c>) or not, under the names they are published with.</summary>
    /// <exception cref="DatasetException">A file is missing, truncated or corrupt.</exception>
    public static FashionMnist Load(string folder) => new(LoadPart(folder, "train"), LoadPart(folder, "t10k"));

    /// <summary>Reads them where they are installed or were downloaded before; else downloads them.</summary>
    /// <param name="folder">Where they are instead; null for <see cref="FashionMnistSource"/>.</param>
    /// <param name="console">Is told of a download.</param>
    /// <exception cref="DatasetException">They cannot be had, or a file is missing, truncated or corrupt.</exception>
    public static FashionMnist Load(string? folder, TextWriter console) => Load(folder ?? new FashionMnistSource().Find(console));

    private static LabelledImages LoadPart(string folder, string part)
    {
        var imagesPath = Find(folder, $"{part}-images-idx3-ubyte");
        var labelsPath = Find(folder, $"{part}-labels-idx1-ubyte");
        var images = IdxFile.Read(imagesPath, rank: 3);
        var labels = IdxFile.Read(labelsPath, rank: 1);
        if (images.Dimensions is not [var count, Side, Side])
            throw new DatasetException(imagesPath, $"is corrupt: its images are not {Side} x {Side}");
        if (labels.Dimensions[0] != count)
            throw new DatasetException(labelsPath, $"is corrupt: {labels.Dimensions[0]} labels for {count} images");
        if (labels.Elements.Any(label => label >= Classes))
            throw new DatasetException(labelsPath, $"is corrupt: a label is not below {Classes}");
        return new LabelledImages(count, images.Elements, labels.Elements);
    }

    private static string Find(string folder, string name)
    {
        var path = Path.Combine(folder, name);
        if (File.Exists(path))
            return path;
        return File.Exists(path + ".gz") ? path + ".gz" : throw new DatasetException(path + "[.gz]", "is missing");
    }
}
