using CompareOptimizers.Registry;
using CompareOptimizers.Training;

namespace CompareOptimizers.Report;

/// <summary>The page that shows a comparison: one table, plots over all optimizers, and a pair of plots for each.</summary>
internal static class ComparisonReport
{
    public static HtmlPage Page(IReadOnlyList<Duel> duels, IReadOnlyList<Sweep> sweeps, Problem problem, TrainingPlan plan, bool interrupted)
    {
        var page = new HtmlPage($"Optimizers on {problem.Name}")
            .Heading($"Optimizers on {problem.Name}", "Each optimizer trained the same model from the same weights on the same batches, by turns with its reference: TorchSharp's own optimizer of the same algorithm, or the closest that TorchSharp has.")
            .Facts([
                ("data", $"{problem.Name}: {problem.Train.Count:N0} + {problem.Test.Count:N0} {problem.Unit}"), ("model", plan.Model), ("seed", $"{plan.Seed}"),
                ("mini-batches", $"{plan.BatchSize} {problem.Unit}, {plan.Epochs} {(plan.Epochs == 1 ? "epoch" : "epochs")}"), ("full batches", $"{Math.Min(plan.FullBatch, problem.Train.Count):N0} {problem.Unit}"),
                .. RunFacts.OfThisMachine()]);
        if (interrupted)
            page.Paragraph("This run was interrupted: it shows what was done until then.", "warning");
        page.Table(ResultTable.Of(duels))
            .Paragraph(ResultTable.Legend, "note");
        if (OverviewPlots.StepTimes(duels) is { } times)
            page.Figures([new(times, Wide: true)]);
        if (sweeps.Any(sweep => sweep.Trials.Count > 0))
            page.Section("Learning rates", "Each optimizer was trained with each of them, and is compared with its best here.").Figures([new(SweepPlot.Of(sweeps), Wide: true)]);
        AddOverview(page, duels, Batching.MiniBatch, "mini-batches");
        AddOverview(page, duels, Batching.FullBatch, "full-batches", "A step is an epoch: it sees all of the subset.");
        page.Section("One by one", "Solid: ours. Broad and pale: the reference. The same algorithm adds up in another order here and there, so weights differ in their last bits; a network with kinks (ReLU, max-pooling) can blow that up at a single image on a kink.");
        foreach (var duel in duels)
            page.Figures(PanelsOf(duel));
        return page;
    }

    private static void AddOverview(HtmlPage page, IReadOnlyList<Duel> all, Batching batching, string picture, string? note = null)
    {
        Duel[] duels = [.. all.Where(duel => duel.Contender.Batching == batching && duel.Ours.Loss.Count > 0)];
        if (duels.Length > 0)
            page.Section($"With {picture.Replace('-', batching == Batching.FullBatch ? ' ' : '-')}", note)
                .Figures([new(OverviewPlots.LossOverSteps(picture, duels), Wide: true), new(OverviewPlots.LossOverSeconds(picture, duels)), new(OverviewPlots.ScoreOverEpochs(picture, duels))]);
    }

    private static IEnumerable<Panel> PanelsOf(Duel duel)
    {
        if (duel.Ours.Loss.Count == 0)
            yield break;
        var contender = duel.Contender;
        string?[] code = [contender.OurCode, contender.ReferenceCode, duel.FinalDifference == 0 ? "// bit for bit the same weights" : null];
        yield return new(DuelPlots.LossOverSeconds(duel), contender.Name, Code: [.. code.OfType<string>()]);
        if (duel.Difference.Any(sample => sample.Value > 0))
            yield return new(DuelPlots.DifferenceOverSteps(duel), $"{contender.Name}: how far the weights are apart");
    }
}
