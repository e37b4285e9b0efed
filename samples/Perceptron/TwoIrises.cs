using Datasets;
using static TorchSharp.torch;

namespace Perceptron;

/// <summary>Versicolor (0) and virginica (1) by length and width of a petal: 100 flowers that no line separates.</summary>
internal sealed class TwoIrises
{
    public TwoIrises()
    {
        Flowers = [.. Iris.Load().Flowers.Where(flower => flower.Species != Iris.Setosa)];
        var (lengths, widths) = (Flowers.Select(f => f.PetalLength).ToArray(), Flowers.Select(f => f.PetalWidth).ToArray());
        (Length, Width) = (Scale.Of(lengths), Scale.Of(widths));
        Inputs = tensor(Flowers.SelectMany(f => new[] { Length.Apply(f.PetalLength), Width.Apply(f.PetalWidth) }).ToArray()).view(-1, 2);
        Labels = tensor(Flowers.Select(f => f.Species == Iris.Virginica ? 1.0 : 0.0).ToArray()).view(-1, 1);
    }

    public IReadOnlyList<Iris.Flower> Flowers { get; }
    public Scale Length { get; }
    public Scale Width { get; }

    /// <summary>Of shape [100, 2], scaled to mean 0 and standard deviation 1.</summary>
    public Tensor Inputs { get; }

    /// <summary>Of shape [100, 1].</summary>
    public Tensor Labels { get; }

    internal sealed record Scale(double Mean, double Deviation)
    {
        public static Scale Of(double[] values) => new(values.Average(), Math.Sqrt(values.Average(x => Math.Pow(x - values.Average(), 2))));
        public double Apply(double x) => (x - Mean) / Deviation;
        public double Undo(double x) => x * Deviation + Mean;
    }
}
