using CompareOptimizers.Registry;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace CompareOptimizers.Surfaces;

/// <summary>Lets optimizers descend from a surface's start.</summary>
internal sealed class Descent(int steps, CancellationToken cancel)
{
    private const double FarAway = 1e6;
    private const double AsGoodAsDown = 1e-12; // of the first gap

    /// <summary>The learning rates that are tried: half decades from 1e-4 to 10.</summary>
    public static readonly double[] LearningRates = [.. Enumerable.Range(-8, 11).Select(i => Math.Pow(10, i / 2.0))];

    /// <summary>The best trails of these settings; fewer where interrupted.</summary>
    public Picture Draw(Subject subject, Surface surface) =>
        new(subject.Title, surface, [.. subject.Settings.Select(setting => Best(setting, surface)).OfType<Trail>()]);

    /// <summary>
    /// The trail that ends lowest among those of all learning rates that stay on the drawn part of the surface, or of all where none does; of those that end
    /// where only rounding tells them apart, the one that is down first, with the rate nearest 1. null where interrupted.
    /// </summary>
    public Trail? Best(Setting setting, Surface surface)
    {
        var trails = LearningRates.TakeWhile(_ => !cancel.IsCancellationRequested).Select(lr => Follow(setting, lr, surface)).ToList();
        return cancel.IsCancellationRequested ? null
            : trails.OrderByDescending(trail => trail.StaysWithin(surface)).ThenBy(Lowness).ThenBy(trail => trail.StepsToThousandth ?? int.MaxValue).ThenBy(trail => Math.Abs(Math.Log(trail.Lr))).First();
    }

    private static double Lowness(Trail trail) => double.IsFinite(trail.FinalGap) ? Math.Max(trail.FinalGap, AsGoodAsDown * trail.Gaps[0]) : double.PositiveInfinity;

    private Trail Follow(Setting setting, double lr, Surface surface)
    {
        using var scope = NewDisposeScope();
        using var place = new Parameter(tensor([surface.Start.x, surface.Start.y], ScalarType.Float64));
        using var optimizer = setting.Make([place], lr);
        var points = new List<(double, double)> { surface.Start };
        var gaps = new List<double> { Value(surface, place) - surface.Least };
        for (var step = 0; step < steps && Math.Abs(gaps[^1]) < FarAway; step++)
        {
            using var stepScope = NewDisposeScope();
            optimizer.step(() => setting.Closure == Closure.ReturnsLoss ? Height(surface, place) : HeightAndGradient(surface, place, optimizer));
            points.Add((place[0].ToDouble(), place[1].ToDouble()));
            gaps.Add(Value(surface, place) - surface.Least);
        }
        return new(setting, lr, points, gaps);
    }

    private static Tensor Height(Surface surface, Tensor place) => surface.Formula(place[0], place[1]);

    private static Tensor HeightAndGradient(Surface surface, Tensor place, optim.Optimizer optimizer)
    {
        optimizer.zero_grad();
        var height = Height(surface, place);
        height.backward();
        return height;
    }

    private static double Value(Surface surface, Tensor place)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        return Height(surface, place).ToDouble();
    }
}
