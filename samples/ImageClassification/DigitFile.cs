using Datasets;
using Microsoft.ML.Data;

namespace ImageClassification;

/// <summary>A picture of a digit in a file, and the digit.</summary>
internal sealed class DigitFile
{
    /// <summary>Relative to the folder of all pictures.</summary>
    public string Path { get; set; } = "";

    public string Digit { get; set; } = "";

    /// <summary>Writes handwritten digits as PNG files into a folder.</summary>
    public static List<DigitFile> Write(LabelledImages digits, string folder, string prefix) =>
        [.. Enumerable.Range(0, digits.Count).Select(k =>
        {
            // Red, green, blue and opacity of a pixel.
            byte[] colors = [.. digits.Pixels.Skip(k * Digits.PixelsPerImage).Take(Digits.PixelsPerImage).SelectMany(Grey)];
            using var image = MLImage.CreateFromPixels(Digits.Side, Digits.Side, MLPixelFormat.Rgba32, colors);
            var file = new DigitFile { Path = $"{prefix}-{k}.png", Digit = $"{digits.Labels[k]}" };
            image.Save(System.IO.Path.Combine(folder, file.Path));
            return file;
        })];

    private static byte[] Grey(byte ink)
    {
        var grey = (byte)(byte.MaxValue * ink / Digits.Ink);
        return [grey, grey, grey, byte.MaxValue];
    }
}
