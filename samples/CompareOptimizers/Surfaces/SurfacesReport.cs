using System.Globalization;
using CompareOptimizers.Plots;
using CompareOptimizers.Registry;
using CompareOptimizers.Report;

namespace CompareOptimizers.Surfaces;

/// <summary>The page that shows trails over surfaces.</summary>
internal static class SurfacesReport
{
    public static HtmlPage Page(IReadOnlyList<(Surface surface, IReadOnlyList<Trail> trails)> results, int steps, bool interrupted)
    {
        var page = new HtmlPage("Optimizers on surfaces")
            .Heading("Optimizers on surfaces", $"Each optimizer takes {steps} steps from the same start, with the one of {Descent.LearningRates.Length} learning rates from 0.0001 to 10 that ends lowest without leaving the picture. Crosses: the minima. Grey: lines of equal height.")
            .Facts(RunFacts.OfThisMachine());
        if (interrupted)
            page.Paragraph("This run was interrupted: it shows what was done until then.", "warning");
        foreach (var (surface, trails) in results)
            page.Section(surface.Name).Plots(Panels(surface, trails)).Table(Table(trails));
        return page;
    }

    public static ResultTable Table(IReadOnlyList<Trail> trails) => new(
        ["optimizer", "learning rate", "above the minimum at the end", "steps to a thousandth of the start's"],
        [.. trails.Select(trail => new[]
        {
            trail.Contender.Name, trail.Lr.ToString("0.####", CultureInfo.InvariantCulture), Numbers.Difference(trail.FinalGap),
            trail.StepsToThousandth?.ToString(CultureInfo.InvariantCulture) ?? Numbers.None,
        })]);

    private static IEnumerable<Panel> Panels(Surface surface, IReadOnlyList<Trail> trails)
    {
        var contours = surface.Contours();
        foreach (var (batching, title) in new[] { (Batching.MiniBatch, "made for mini-batches"), (Batching.FullBatch, "made for full batches, or without gradients") })
            if (trails.Where(trail => trail.Contender.Batching == batching).ToArray() is { Length: > 0 } shown)
                yield return new(Plot(surface, contours, shown, title));
    }

    private static SvgPlot Plot(Surface surface, IReadOnlyList<IReadOnlyList<Segment>> contours, Trail[] trails, string title)
    {
        Line[] lines = [.. trails.Select((trail, i) => new Line(trail.Contender.Name, i, trail.Points))];
        return new($"Optimizers {title}", Axis.Linear("x", [surface.X.min, surface.X.max]), Axis.Linear("y", [surface.Y.min, surface.Y.max]), lines, height: 470)
        {
            Contours = contours,
            Targets = surface.Minima,
            ListsNames = true,
        };
    }
}
