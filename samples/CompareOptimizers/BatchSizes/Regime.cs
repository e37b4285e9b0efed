using System.Globalization;
using CompareOptimizers.Training;

namespace CompareOptimizers.BatchSizes;

/// <summary>How many images gradient descent averages over in a step.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="BatchSize">Images in a step; null: all of them.</param>
/// <param name="Lr">A learning rate that serves it: the more images, the less noise, the larger.</param>
internal sealed record Regime(string Name, int? BatchSize, double Lr)
{
    public static readonly Regime[] All = [new("batch", null, 0.5), new("mini-batch", 64, 0.1), new("stochastic", 1, 0.01)];

    public string Description => string.Create(CultureInfo.InvariantCulture, $"{Images} a step, learning rate {Lr}");

    private string Images => BatchSize switch { null => "all images", 1 => "one image", var size => $"{size} images" };
}

/// <summary>How the loss of all training images fell under a regime.</summary>
/// <param name="Regime">Under which.</param>
/// <param name="Loss">Epochs, steps and seconds, and the loss then.</param>
/// <param name="TestAccuracy">At the end.</param>
internal sealed record Fall(Regime Regime, IReadOnlyList<Sample> Loss, double TestAccuracy);
