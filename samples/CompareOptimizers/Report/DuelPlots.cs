using CompareOptimizers.Plots;
using CompareOptimizers.Training;

namespace CompareOptimizers.Report;

/// <summary>Plots that show an optimizer beside its reference.</summary>
internal static class DuelPlots
{
    public static Figure LossOverSeconds(Duel duel)
    {
        Line[] lines = duel.Reference is null
            ? [Ours(duel)]
            : [new("reference", 3, Points(duel.Reference), Stroke.Band), Ours(duel)];
        return LinePlot.Of($"{duel.Contender.Name}-loss", "Training loss over seconds", new("seconds of training", From: 0), new("loss", Log: true), lines, height: 320);
    }

    public static Figure DifferenceOverSteps(Duel duel)
    {
        Line[] lines = [new("difference", 2, [.. duel.Difference.Select(sample => ((double)sample.Steps, sample.Value))])];
        return LinePlot.Of($"{duel.Contender.Name}-difference", "Largest difference of a weight over steps", new("steps", From: 0), new("difference", Log: true), lines, height: 320);
    }

    private static Line Ours(Duel duel) => new("ours", 1, Points(duel.Ours));

    private static (double, double)[] Points(Course course) => [.. course.Loss.Select(sample => (sample.Seconds, sample.Value))];
}
