using System.Globalization;
using Datasets;

namespace TorchOptimExt.Benchmarks.MlNet.Defaults;

/// <summary>A set of data that every trainer is measured on.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Kind">What is predicted.</param>
/// <param name="Load">Its rows; the argument is the folder of Fashion-MNIST, which may throw <see cref="DatasetException"/>.</param>
internal sealed record Table(string Name, PredictedKind Kind, Func<string, IReadOnlyList<Example>> Load)
{
    private const int FashionRows = 10_000;

    internal static IReadOnlyList<Table> All { get; } =
    [
        new("diabetes", PredictedKind.Number, _ => Csv("diabetes.csv")),
        new("breast cancer", PredictedKind.Truth, _ => Csv("breast_cancer.csv")),
        new("wine", PredictedKind.Class, _ => Csv("wine_data.csv")),
        new("iris", PredictedKind.Class, _ => Irises()),
        new("digits", PredictedKind.Class, _ => AllDigits()),
        new("Fashion-MNIST", PredictedKind.Class, folder => Images(FashionMnist.Load(folder).Train, FashionRows, 255)),
    ];

    /// <summary>A line of titles, then lines of numbers, of which the last is predicted.</summary>
    private static List<Example> Csv(string file) =>
        [.. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Data", file)).Skip(1).Select(line =>
        {
            float[] numbers = [.. line.Split(',').Select(field => float.Parse(field, CultureInfo.InvariantCulture))];
            return new Example { Features = numbers[..^1], Number = numbers[^1] };
        })];

    private static List<Example> Irises() =>
        [.. Iris.Load().Flowers.Select(f => new Example
        {
            Features = [(float)f.SepalLength, (float)f.SepalWidth, (float)f.PetalLength, (float)f.PetalWidth],
            Number = f.Species,
        })];

    private static List<Example> AllDigits()
    {
        var (train, test) = Digits.Load();
        return [.. Images(train, train.Count, 1), .. Images(test, test.Count, 1)];
    }

    private static List<Example> Images(LabelledImages images, int count, float white)
    {
        var width = images.Pixels.Length / images.Count;
        return [.. Enumerable.Range(0, count).Select(k => new Example
        {
            Features = [.. images.Pixels[(k * width)..((k + 1) * width)].Select(pixel => pixel / white)],
            Number = images.Labels[k],
        })];
    }
}
