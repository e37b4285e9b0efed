namespace Datasets;

/// <summary>Images of one size, each with its class.</summary>
/// <param name="Count">The number of images.</param>
/// <param name="Pixels">Grey values, image after image, row after row: as many as <c>Count</c> images have.</param>
/// <param name="Labels">The class of each image, from 0.</param>
public sealed record LabelledImages(int Count, byte[] Pixels, byte[] Labels);
