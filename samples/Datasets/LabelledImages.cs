namespace Datasets;

/// <summary>Images of one size, each with its class.</summary>
/// <param name="Count">The number of images.</param>
/// <param name="Pixels">Grey values from 0 to 255, image after image, row after row: <c>Count * FashionMnist.PixelsPerImage</c> of them.</param>
/// <param name="Labels">The class of each image, from 0 to <c>FashionMnist.Classes - 1</c>.</param>
public sealed record LabelledImages(int Count, byte[] Pixels, byte[] Labels);
