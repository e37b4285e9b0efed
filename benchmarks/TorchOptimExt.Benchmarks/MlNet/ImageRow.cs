using Datasets;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace TorchOptimExt.Benchmarks.MlNet;

/// <summary>An image of Fashion-MNIST as ML.NET takes it.</summary>
public sealed class ImageRow
{
    /// <summary>Grey values from 0 to 1.</summary>
    [VectorType(FashionMnist.PixelsPerImage)] public float[] Features { get; set; } = [];

    /// <summary>The class, from 0: ML.NET counts its keys from 1.</summary>
    [KeyType(FashionMnist.Classes)] public uint Label { get; set; }

    /// <summary>A view that makes each row as it is read, in one buffer for all: it holds no memory of its own that counts.</summary>
    public static IDataView View(MLContext context, LabelledImages images) => context.Data.LoadFromEnumerable(Rows(images));

    internal static IEnumerable<ImageRow> Rows(LabelledImages images)
    {
        var row = new ImageRow { Features = new float[FashionMnist.PixelsPerImage] };
        for (var k = 0; k < images.Count; k++)
        {
            var pixels = images.Pixels.AsSpan(k * FashionMnist.PixelsPerImage, FashionMnist.PixelsPerImage);
            for (var i = 0; i < pixels.Length; i++) row.Features[i] = pixels[i] / 255f;
            row.Label = images.Labels[k];
            yield return row;
        }
    }
}
