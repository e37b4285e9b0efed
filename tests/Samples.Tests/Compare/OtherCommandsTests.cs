using System.Xml.Linq;
using CompareOptimizers.Surfaces;

namespace Samples.Tests;

public sealed class OtherCommandsTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("compare-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void Surfaces_shows_where_every_optimizer_ends()
    {
        var ended = Run("surfaces", "--steps", "25");

        Assert.Equal((0, ""), (ended.ExitCode, ended.Error));
        foreach (var name in new[] { "Rosenbrock", "Beale", "Himmelblau", "Saddle", "Valley" })
            Assert.Contains(name, ended.Output);
        Assert.Equal(5, Rows(ended, "Adam").Count);
        Assert.All(Rows(ended, "ArmijoNewton").Take(2), row => Assert.Matches(@"\d\.\de-\d+$", row[2])); // next to the minima of Rosenbrock and Beale
        Assert.Equal(2 * (Settings.OfEach.Length + Surface.All.Length), Count("surfaces.html", "class=\"figure\"")); // of each optimizer's settings, and on each surface
    }

    [Fact]
    public void Batches_shows_that_fewer_images_a_step_need_fewer_images_seen()
    {
        var ended = Run("batches", "--data", "digits", "--seconds", "1", "--images", "500");

        Assert.Equal((0, ""), (ended.ExitCode, ended.Error));
        var (batch, one) = (Assert.Single(Rows(ended, "batch")), Assert.Single(Rows(ended, "stochastic")));
        Assert.Equal(500 * Number(batch[2]), Number(batch[3]));
        Assert.Equal(Number(one[2]), Number(one[3]));
        Assert.Equal(2, Count("batches.html", "class=\"figure\""));
    }

    [Fact]
    public void Case_study_shows_epochs_and_seconds_to_an_accuracy()
    {
        var ended = Run("case-study", "--data", "digits", "--epochs", "4", "--target", "70");

        Assert.Equal((0, ""), (ended.ExitCode, ended.Error));
        var row = Assert.Single(Rows(ended, "Adam + batch norm"));
        Assert.InRange(Number(row[2]), 0.2, 4);
        Assert.Equal(2, Count("case-study.html", "class=\"figure\""));
    }

    [Theory]
    [InlineData("surfaces")]
    [InlineData("batches")]
    [InlineData("case-study")]
    public void All_refuse_an_output_that_cannot_be_written_in_one_line(string command)
    {
        var ended = SampleProcess.Run("CompareOptimizers", command, "--output", "/dev/null/report");

        Assert.Equal((2, ""), (ended.ExitCode, ended.Output));
        Assert.Contains("--output", Assert.Single(ended.Error.TrimEnd('\n').Split('\n')));
    }

    [BrowserFact]
    public void Pictures_draws_the_figures_of_a_report_that_are_wanted()
    {
        Run("batches", "--data", "digits", "--seconds", "1", "--images", "200");
        var pictures = Path.Combine(folder.FullName, "pictures");

        var ended = SampleProcess.Run("CompareOptimizers", "pictures", Path.Combine(folder.FullName, "batches.html"), "--output", pictures, "--only", "batches");

        Assert.Equal((0, ""), (ended.ExitCode, ended.Error));
        Assert.Equal(Path.Combine(pictures, "batches.svg"), Assert.Single(Directory.GetFiles(pictures)));
        var svg = XDocument.Load(Path.Combine(pictures, "batches.svg")).Root!;
        Assert.StartsWith("0 0 960 ", (string)svg.Attribute("viewBox")!); // two side by side
        Assert.Equal(2, svg.Descendants().Count(element => element.Value == "stochastic" && element.Name.LocalName == "text"));
    }

    [Theory]
    [InlineData("nothing.html", null, "nothing.html is missing")]
    [InlineData("batches.html", "/bin/false", "/bin/false does not start")]
    public void Pictures_says_what_is_wrong_in_one_line(string report, string? browser, string said)
    {
        File.WriteAllText(Path.Combine(folder.FullName, "batches.html"), "<p>no figures</p>");
        string[] arguments = ["pictures", Path.Combine(folder.FullName, report), "--output", folder.FullName, "--browser", browser ?? "/bin/true"];

        var ended = SampleProcess.Run("CompareOptimizers", arguments);

        Assert.Equal((2, ""), (ended.ExitCode, ended.Output));
        Assert.Contains(said, Assert.Single(ended.Error.TrimEnd('\n').Split('\n')));
    }

    private Ended Run(string command, params string[] arguments) => SampleProcess.Run("CompareOptimizers", [command, "--output", folder.FullName, "--threads", "1", .. arguments]);

    /// <summary>The cells of the rows of the Markdown tables that begin with a name.</summary>
    private static List<string[]> Rows(Ended ended, string name) =>
        [.. ended.Output.Split('\n').Where(line => line.StartsWith("| ", StringComparison.Ordinal)).Select(line => line.Trim('|').Split('|', StringSplitOptions.TrimEntries)).Where(cells => cells[0] == name)];

    private static double Number(string cell) => double.Parse(cell, System.Globalization.CultureInfo.InvariantCulture);

    private int Count(string file, string text) => File.ReadAllText(Path.Combine(folder.FullName, file)).Split(text).Length - 1;
}
