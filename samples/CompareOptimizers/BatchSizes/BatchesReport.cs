using System.Globalization;
using CompareOptimizers.Plots;
using CompareOptimizers.Report;
using CompareOptimizers.Training;

namespace CompareOptimizers.BatchSizes;

/// <summary>The page that shows batch, mini-batch and stochastic descent on one problem.</summary>
internal static class BatchesReport
{
    public static HtmlPage Page(IReadOnlyList<Fall> falls, Problem problem, int images, bool interrupted)
    {
        var page = new HtmlPage($"Batch sizes on {problem.Name}")
            .Heading($"Batch, mini-batch and stochastic descent on {problem.Name}", $"Plain gradient descent trains the same perceptron from the same weights on the same {images:N0} images. Only how many images a step averages over differs, and with it the learning rate.")
            .Facts(RunFacts.OfThisMachine());
        if (interrupted)
            page.Paragraph("This run was interrupted: it shows what was done until then.", "warning");
        return page.Table(Table(falls, images))
            .Section("The same descents, counted in two ways", "Loss: mean over all training images.")
            .Figures(Figures(falls, images).Select(figure => new Panel(figure)));
    }

    private static Figure[] Figures(IReadOnlyList<Fall> falls, int images) =>
        [LossOver("images seen", sample => sample.Epochs * images, falls), LossOver("seconds of training", sample => sample.Seconds, falls)];

    public static ResultTable Table(IReadOnlyList<Fall> falls, int images) => new(
        ["descent", "a step", "steps", "images seen", "seconds", "loss", "test accuracy"],
        [.. falls.Select(fall => Row(fall, fall.Loss[^1], images))]);

    private static string[] Row(Fall fall, Sample last, int images) =>
    [
        fall.Regime.Name, fall.Regime.Description, last.Steps.ToString("N0", CultureInfo.InvariantCulture),
        (last.Epochs * images).ToString("N0", CultureInfo.InvariantCulture), Numbers.Seconds(last.Seconds), Numbers.Loss(last.Value), Numbers.Share(fall.TestAccuracy),
    ];

    private static Figure LossOver(string title, Func<Sample, double> x, IReadOnlyList<Fall> falls)
    {
        Line[] lines = [.. falls.Select((fall, i) => new Line(fall.Regime.Name, i, [.. fall.Loss.Skip(1).Select(sample => (x(sample), sample.Value))]))];
        return LinePlot.Of("batches", $"Training loss over {title}", new(title, Log: true), new("loss", Log: true), lines, width: 480, height: 340);
    }
}
