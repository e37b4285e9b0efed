using System.Globalization;
using System.IO.Compression;

namespace Datasets;

/// <summary>Handwritten digits: 8 x 8 grey images of ten classes, 1,437 to train with and 360 to test with. Part of this assembly; see digits.md for the source and licence.</summary>
public sealed record Digits(LabelledImages Train, LabelledImages Test)
{
    public const int Side = 8;
    public const int PixelsPerImage = Side * Side;
    public const int Classes = 10;

    /// <summary>The value of a pixel that is all ink.</summary>
    public const byte Ink = 16;

    private const string Name = "digits.csv.gz";
    private const int TestImages = 360;

    /// <summary>Reads the images; the last fifth is to test with.</summary>
    public static Digits Load()
    {
        using var file = typeof(Digits).Assembly.GetManifestResourceStream(Name)!;
        return Load(file, TestImages);
    }

    /// <summary>Reads lines of 64 grey values and a class from a gzip stream; the last <paramref name="testImages"/> are to test with.</summary>
    /// <exception cref="DatasetException">The stream is truncated or corrupt.</exception>
    public static Digits Load(Stream compressed, int testImages)
    {
        var rows = new List<byte[]>();
        try
        {
            using var reader = new StreamReader(new GZipStream(compressed, CompressionMode.Decompress));
            while (reader.ReadLine() is { } line)
                rows.Add(Parse(line, rows.Count + 1));
        }
        catch (InvalidDataException e)
        {
            throw new DatasetException(Name, $"is corrupt ({e.Message.TrimEnd('.')})", e);
        }
        if (rows.Count <= testImages)
            throw new DatasetException(Name, $"is truncated: it holds {rows.Count} images");
        return new Digits(Part(rows[..^testImages]), Part(rows[^testImages..]));
    }

    private static byte[] Parse(string line, int number)
    {
        var row = new byte[PixelsPerImage + 1];
        var fields = line.Split(',');
        for (var i = 0; i < row.Length; i++)
            if (fields.Length != row.Length || !byte.TryParse(fields[i], NumberStyles.None, CultureInfo.InvariantCulture, out row[i]) || row[i] > (i < PixelsPerImage ? Ink : Classes - 1))
                throw new DatasetException(Name, $"is corrupt: line {number} is not 64 grey values up to {Ink} and a digit");
        return row;
    }

    private static LabelledImages Part(List<byte[]> rows) =>
        new(rows.Count, [.. rows.SelectMany(row => row[..PixelsPerImage])], [.. rows.Select(row => row[PixelsPerImage])]);
}
