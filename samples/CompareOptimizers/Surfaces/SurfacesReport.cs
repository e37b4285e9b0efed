using System.Globalization;
using CompareOptimizers.Report;

namespace CompareOptimizers.Surfaces;

/// <summary>The page that shows trails over surfaces.</summary>
internal static class SurfacesReport
{
    /// <param name="surfaces">All optimizers, on each surface.</param>
    /// <param name="settings">The settings of each optimizer, on some surfaces.</param>
    /// <param name="steps">How many steps each of them took.</param>
    /// <param name="interrupted">Whether some are missing.</param>
    public static HtmlPage Page(IReadOnlyList<Picture[]> surfaces, IReadOnlyList<Picture[]> settings, int steps, bool interrupted)
    {
        var page = new HtmlPage("Optimizers on surfaces")
            .Heading("Optimizers on surfaces", $"Each optimizer takes {steps} steps from the same start, with the one of {Descent.LearningRates.Length} learning rates from 0.0001 to 10 that ends lowest without leaving the picture; of those that are as good as down, the one that is down first. Ring: the start. Crosses: the minima. Grey: lines of equal height. The last number of a label: how far above the minimum the last step ends.")
            .Facts(RunFacts.OfThisMachine());
        if (interrupted)
            page.Paragraph("This run was interrupted: it shows what was done until then.", "warning");
        foreach (var pictures in surfaces)
            page.Section(pictures[0].Surface.Name, pictures[0].Surface.Notation).Figures(Panels(pictures, $"all-on-{pictures[0].Surface.Name.ToLowerInvariant()}")).Table(Table(pictures));
        page.Section("Settings", "What the settings of an optimizer do.");
        foreach (var pictures in settings)
            page.Figures(Panels(pictures, pictures[0].Title));
        return page;
    }

    public static ResultTable Table(IReadOnlyList<Picture> pictures) => new(
        ["optimizer", "learning rate", "above the minimum at the end", "steps to a thousandth of the start's"],
        [.. pictures.SelectMany(picture => picture.Trails).Select(trail => new[]
        {
            trail.Setting.Name, Numbers.LearningRate(trail.Lr), Numbers.Gap(trail.FinalGap),
            trail.StepsToThousandth?.ToString(CultureInfo.InvariantCulture) ?? Numbers.None,
        })]);

    private static IEnumerable<Panel> Panels(IEnumerable<Picture> pictures, string name) => pictures.Select(picture => new Panel(picture.Figure(name)));
}
