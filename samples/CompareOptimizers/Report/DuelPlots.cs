using CompareOptimizers.Plots;
using CompareOptimizers.Training;

namespace CompareOptimizers.Report;

/// <summary>Plots that show an optimizer beside its reference.</summary>
internal static class DuelPlots
{
    public static LinePlot LossOverSeconds(Duel duel)
    {
        Line[] lines = duel.Reference is null
            ? [Ours(duel)]
            : [new("reference", 3, Points(duel.Reference), Stroke.Band), Ours(duel)];
        var points = lines.SelectMany(line => line.Points).ToList();
        return new($"Training loss over seconds", Axis.Linear("seconds of training", [0, .. points.Select(point => point.X)]), Axis.Log("loss", points.Select(point => point.Y)), lines, height: 320);
    }

    public static LinePlot DifferenceOverSteps(Duel duel)
    {
        Line[] lines = [new("", 2, [.. duel.Difference.Select(sample => ((double)sample.Steps, sample.Value))])];
        var points = lines[0].Points;
        return new("Largest difference of a weight over steps", Axis.Linear("steps", [0, .. points.Select(point => point.X)]), Axis.Log("difference", points.Select(point => point.Y)), lines, height: 320);
    }

    private static Line Ours(Duel duel) => new("ours", 1, Points(duel.Ours));

    private static (double, double)[] Points(Course course) => [.. course.Loss.Select(sample => (sample.Seconds, sample.Value))];
}
