using CompareOptimizers.Plots;
using CompareOptimizers.Training;

namespace CompareOptimizers.Report;

/// <summary>What each learning rate led to, an optimizer in a cell, and the best.</summary>
internal static class SweepPlot
{
    private const double MostAboveBest = 1e3; // losses beyond are those of trainings that diverged

    public static Figure Of(IReadOnlyList<Sweep> sweeps)
    {
        var finite = sweeps.SelectMany(sweep => sweep.Trials).Select(trial => trial.FinalLoss).Where(loss => double.IsFinite(loss) && loss > 0).DefaultIfEmpty(1).ToArray();
        double? to = finite.Max() > MostAboveBest * finite.Min() ? MostAboveBest * finite.Min() : null;
        return SmallMultiples.Of("learning-rates", "Final training loss over learning rates", new("learning rate", Log: true), new("final loss", Log: true, To: to),
            [.. sweeps.Where(sweep => sweep.Trials.Count > 0).Select(sweep => new Cell($"{sweep.Contender.Name}: best {Numbers.LearningRate(sweep.BestLr)}", [Best(sweep), Curve(sweep)]))]);
    }

    private static Line Curve(Sweep sweep) => new("all rates", 0, [.. sweep.Trials.Select(trial => (trial.Lr, trial.FinalLoss))]);

    private static Line Best(Sweep sweep) =>
        new("best", 1, [.. sweep.Trials.Where(trial => trial.Lr == sweep.BestLr).Select(trial => (trial.Lr, trial.FinalLoss))]) { MarkSize = 14 };
}
