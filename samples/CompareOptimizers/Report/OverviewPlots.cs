using CompareOptimizers.Plots;
using CompareOptimizers.Registry;
using CompareOptimizers.Training;

namespace CompareOptimizers.Report;

/// <summary>Plots that show several optimizers at once.</summary>
internal static class OverviewPlots
{
    private const double LeastLoss = 1e-3; // that is shown
    private const double ScoreRange = 0.2; // below the best

    /// <summary>What a step takes beside its closure, of those optimizers that do not call it themselves.</summary>
    public static Figure? StepTimes(IReadOnlyList<Duel> duels)
    {
        Pair[] pairs = [.. duels.Where(duel => duel.Contender.Closure == Closure.CallsBackward).Select(Times).OfType<Pair>()];
        return pairs.Length == 0 ? null : PairPlot.Of("step-times", "Time of one optimizer step", new("milliseconds", Log: true), "TorchSharp's", "ours", pairs);
    }

    private static Pair? Times(Duel duel) => (duel.Ours.StepMilliseconds, duel.Reference?.StepMilliseconds) is ( > 0 and var ours, > 0 and var theirs)
        ? new(duel.Contender.Name, theirs, ours, Numbers.Ratio(theirs / ours))
        : null;

    /// <summary>A cell for each optimizer.</summary>
    public static Figure LossOverSteps(string picture, IReadOnlyList<Duel> duels) => SmallMultiples.Of(
        picture, "Training loss over steps", new("steps", From: 0), LossAxis(duels), [.. duels.Select(duel => new Cell(duel.Contender.Name, [.. Courses(duel)]))]);

    public static Figure LossOverSeconds(string picture, IReadOnlyList<Duel> duels) => LinePlot.Of(
        $"{picture}-seconds", "Training loss over seconds", new("seconds of training", From: 0), LossAxis(duels),
        [.. duels.Select((duel, i) => new Line(duel.Contender.Name, i, [.. duel.Ours.Loss.Select(sample => (sample.Seconds, sample.Value))]))]);

    public static Figure ScoreOverEpochs(string picture, IReadOnlyList<Duel> duels)
    {
        var name = duels[0].Objective.ScoreName;
        Line[] lines = [.. duels.Select((duel, i) => new Line(duel.Contender.Name, i, [.. duel.Ours.Score.Select(sample => (sample.Epochs, sample.Value))]))];
        var values = lines.SelectMany(line => line.Points).Select(point => point.Y).Where(double.IsFinite).DefaultIfEmpty();
        double? from = values.Max() - ScoreRange is var least && least > values.Min() ? least : null;
        return LinePlot.Of($"{picture}-score", $"Test {name} over epochs", new("epochs", From: 0), new($"test {name}", From: from), lines);
    }

    private static IEnumerable<Line> Courses(Duel duel)
    {
        if (duel.Reference is { } reference) yield return new("reference", 3, Steps(reference), Stroke.Band);
        yield return new("ours", 0, Steps(duel.Ours));
    }

    private static (double, double)[] Steps(Course course) => [.. course.Loss.Select(sample => ((double)sample.Steps, sample.Value))];

    private static Axis LossAxis(IReadOnlyList<Duel> duels) =>
        new("loss", Log: true, From: duels.SelectMany(duel => duel.Ours.Loss).Any(sample => sample.Value < LeastLoss) ? LeastLoss : null);
}
