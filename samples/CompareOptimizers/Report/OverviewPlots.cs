using CompareOptimizers.Plots;
using CompareOptimizers.Registry;
using CompareOptimizers.Training;

namespace CompareOptimizers.Report;

/// <summary>Plots that show several optimizers at once.</summary>
internal static class OverviewPlots
{
    private const double LeastLoss = 1e-3; // that is shown
    private const double AccuracyRange = 20; // below the best, in per cent

    /// <summary>What a step takes beside its closure, of those optimizers that do not call it themselves.</summary>
    public static PairPlot? StepTimes(IReadOnlyList<Duel> duels)
    {
        Pair[] pairs = [.. duels.Where(duel => duel.Contender.Closure == Closure.CallsBackward).Select(Times).OfType<Pair>()];
        return pairs.Length == 0 ? null : new("Time of one optimizer step", Axis.Log("milliseconds", pairs.SelectMany(pair => new[] { pair.Ring, pair.Disc })), "TorchSharp's", "ours", pairs);
    }

    private static Pair? Times(Duel duel) => (duel.Ours.StepMilliseconds, duel.Reference?.StepMilliseconds) is ( > 0 and var ours, > 0 and var theirs)
        ? new(duel.Contender.Name, theirs, ours, Numbers.Ratio(theirs / ours))
        : null;

    public static LinePlot LossOverSteps(IReadOnlyList<Duel> duels) =>
        Plot("Training loss over steps", "steps", duels, course => course.Loss.Select(sample => ((double)sample.Steps, sample.Value)), width: 1120, height: 440);

    public static LinePlot LossOverSeconds(IReadOnlyList<Duel> duels) =>
        Plot("Training loss over seconds (dashed: the reference)", "seconds of training", duels, course => course.Loss.Select(sample => (sample.Seconds, sample.Value)), withReferences: true);

    public static LinePlot AccuracyOverEpochs(IReadOnlyList<Duel> duels)
    {
        var lines = Lines(duels, course => course.Accuracy.Select(sample => (sample.Epochs, 100 * sample.Value)), withReferences: false);
        return new("Test accuracy over epochs", Axis.Linear("epochs", Xs(lines)), Axis.Linear("% correct", Ys(lines)).From(Ys(lines).DefaultIfEmpty().Max() - AccuracyRange), lines);
    }

    private static LinePlot Plot(string title, string over, IReadOnlyList<Duel> duels, Func<Course, IEnumerable<(double, double)>> points, bool withReferences = false, double width = 640, double height = 400)
    {
        var lines = Lines(duels, points, withReferences);
        return new(title, Axis.Linear(over, [0, .. Xs(lines)]), Axis.Log("loss", Ys(lines)).From(LeastLoss), lines, width, height);
    }

    private static Line[] Lines(IReadOnlyList<Duel> duels, Func<Course, IEnumerable<(double, double)>> points, bool withReferences)
    {
        var ours = duels.Select((duel, i) => new Line(duel.Contender.Name, i, [.. points(duel.Ours)]));
        var references = duels.Select((duel, i) => (duel, i)).Where(pair => withReferences && pair.duel.Reference is not null)
            .Select(pair => new Line("", pair.i, [.. points(pair.duel.Reference!)], Stroke.Dashed));
        return [.. references, .. ours];
    }

    private static IEnumerable<double> Xs(Line[] lines) => lines.SelectMany(line => line.Points).Select(point => point.X);

    private static IEnumerable<double> Ys(Line[] lines) => lines.SelectMany(line => line.Points).Select(point => point.Y);
}
