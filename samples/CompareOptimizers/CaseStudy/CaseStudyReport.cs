using System.Globalization;
using CompareOptimizers.Plots;
using CompareOptimizers.Report;
using CompareOptimizers.Training;

namespace CompareOptimizers.CaseStudy;

/// <summary>The page that shows what batch normalisation, Adam and a schedule bring.</summary>
internal static class CaseStudyReport
{
    private const double AccuracyRange = 15; // below the best, in per cent

    public static HtmlPage Page(IReadOnlyList<Rise> rises, Problem problem, double target, bool interrupted)
    {
        var page = new HtmlPage($"Case study: {problem.Name}")
            .Heading("From plain gradient descent to batch normalisation, Adam and a decaying learning rate", $"The same small convolutional network on {problem.Name}, from the same seed and in the same order of images. Time is that of training alone.")
            .Facts(RunFacts.OfThisMachine());
        if (interrupted)
            page.Paragraph("This run was interrupted: it shows what was done until then.", "warning");
        return page.Table(Table(rises, target))
            .Figures(Figures(rises).Select(figure => new Panel(figure)));
    }

    private static Figure[] Figures(IReadOnlyList<Rise> rises) =>
        [AccuracyOver("epochs", sample => sample.Epochs, rises), AccuracyOver("seconds of training", sample => sample.Seconds, rises)];

    public static ResultTable Table(IReadOnlyList<Rise> rises, double target) => new(
        ["recipe", "network", $"epochs to {Numbers.Share(target)}", $"seconds to {Numbers.Share(target)}", "best test accuracy", "last test accuracy", "seconds in all"],
        [.. rises.Where(rise => rise.Accuracy.Count > 0).Select(rise => Row(rise, rise.Reached(target), rise.Accuracy[^1]))]);

    private static string[] Row(Rise rise, Sample? reached, Sample last) =>
    [
        rise.Recipe.Name, rise.Recipe.Model, reached?.Epochs.ToString("0.00", CultureInfo.InvariantCulture) ?? Numbers.None, Numbers.Seconds(reached?.Seconds),
        Numbers.Share(rise.Accuracy.Max(sample => sample.Value)), Numbers.Share(last.Value), Numbers.Seconds(last.Seconds),
    ];

    private static Figure AccuracyOver(string title, Func<Sample, double> x, IReadOnlyList<Rise> rises)
    {
        Line[] lines = [.. rises.Select((rise, i) => new Line(rise.Recipe.Name, i, [.. rise.Accuracy.Select(sample => (x(sample), 100 * sample.Value))]))];
        var values = lines.SelectMany(line => line.Points).Select(point => point.Y).DefaultIfEmpty();
        double? from = values.Max() - AccuracyRange is var least && least > values.Min() ? least : null;
        return LinePlot.Of("case-study", $"Test accuracy over {title}", new(title, From: 0), new("% correct", From: from), lines, width: 480, height: 340);
    }
}
