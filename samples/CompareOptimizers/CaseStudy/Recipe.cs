using CompareOptimizers.Training;
using TorchOptimExt;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.optim;
using static TorchSharp.torch.optim.lr_scheduler;

namespace CompareOptimizers.CaseStudy;

/// <summary>A way to train the convolutional network.</summary>
/// <param name="Name">What it adds to plain gradient descent.</param>
/// <param name="Model">One of <see cref="Models.Names"/>.</param>
/// <param name="Optimizer">Makes the optimizer.</param>
/// <param name="Schedule">Makes the schedule of the learning rate, for so many epochs, a step for each; null: it stays.</param>
internal sealed record Recipe(string Name, string Model, Func<IEnumerable<Parameter>, Optimizer> Optimizer, Func<Optimizer, int, LRScheduler>? Schedule = null)
{
    public static readonly Recipe[] All =
    [
        new("plain SGD", Models.Convolutional, p => optim.fused.SGD(p, 0.1)),
        new("SGD + batch norm", Models.Normalized, p => optim.fused.SGD(p, 0.1)),
        new("Adam + batch norm", Models.Normalized, p => optim.fused.Adam(p, 3e-3)),
        new("Adam + batch norm + decay", Models.Normalized, p => optim.fused.Adam(p, 3e-3), (optimizer, epochs) => lr_scheduler.ExponentialDecay(optimizer, gamma: Math.Pow(0.1, 1.0 / epochs))),
    ];
}

/// <summary>How the test accuracy rose with a recipe.</summary>
internal sealed record Rise(Recipe Recipe, IReadOnlyList<Sample> Accuracy)
{
    /// <summary>The first sample that reaches an accuracy; null where none does.</summary>
    public Sample? Reached(double target) => Accuracy.Where(sample => sample.Value >= target).Select(sample => (Sample?)sample).FirstOrDefault();
}
