using System.Xml.Linq;
using CompareOptimizers.Plots;

namespace Samples.Tests;

public class PlotTests
{
    [Theory]
    [InlineData(0, 10, new[] { "0", "2", "4", "6", "8", "10" })]
    [InlineData(-1, 1, new[] { "-1", "-0.5", "0", "0.5", "1" })]
    [InlineData(85.2, 89.9, new[] { "86", "87", "88", "89" })]
    [InlineData(0, 2800, new[] { "0", "500", "1,000", "1,500", "2,000", "2,500" })]
    public void Linear_ticks_are_round_numbers(double min, double max, string[] ticks) =>
        Assert.Equal(ticks, Axis.Linear("", [min, max]).Ticks().Select(tick => tick.text));

    [Theory]
    [InlineData(0.15, 2.5, new[] { "0.2", "0.5", "1", "2" })]
    [InlineData(1e-8, 1, new[] { "1e-8", "1e-6", "1e-4", "0.01", "1" })]
    public void Logarithmic_ticks_are_round_numbers(double min, double max, string[] ticks) =>
        Assert.Equal(ticks, Axis.Log("", [min, max]).Ticks().Select(tick => tick.text));

    [Fact]
    public void A_contour_of_a_paraboloid_is_a_circle()
    {
        const int n = 41;
        var values = new double[n, n];
        for (var i = 0; i < n; i++)
            for (var j = 0; j < n; j++)
                values[i, j] = Math.Pow(-2 + 4.0 * i / (n - 1), 2) + Math.Pow(-2 + 4.0 * j / (n - 1), 2);

        var circle = Assert.Single(new Grid(values, (-2, 2), (-2, 2)).Contour(1));

        Assert.Equal(circle[0], circle[^1]);
        Assert.All(circle, point => Assert.InRange(Math.Sqrt(point.x * point.x + point.y * point.y), 0.995, 1.005));
        Assert.Equal(2 * Math.PI, circle.Zip(circle.Skip(1), (a, b) => Math.Sqrt(Math.Pow(b.x - a.x, 2) + Math.Pow(b.y - a.y, 2))).Sum(), 0.02);
    }

    [Fact]
    public void A_plot_is_an_image_with_each_line_s_name()
    {
        var plot = new LinePlot("loss & more", Axis.Linear("steps", [0, 2]), Axis.Log("loss", [0.1, 2]), [new("a < b", 0, [(0, 2), (1, 0), (2, 0.1)]), new("c", 1, [(0, 1), (2, 0.1)])]);

        var svg = XDocument.Parse(SvgFile.Of(plot)).Root!;
        var texts = svg.Descendants().Where(element => element.Name.LocalName == "text").Select(element => element.Value).ToArray();

        Assert.Contains("loss & more", texts);
        Assert.Contains("a < b", texts);
        Assert.Equal(2, svg.Descendants().Count(element => element.Name.LocalName == "polyline"));
        var ends = svg.Descendants().Where(element => ((string?)element.Attribute("class"))?.Split(' ')[0] == "end").Select(element => (double)element.Attribute("y")!).ToArray();
        Assert.True(ends[1] - ends[0] >= 15, "the names at one place stand apart");
    }

    [Fact]
    public void A_file_holds_its_plots_side_by_side_and_its_colours()
    {
        LinePlot Plot(string title) => new(title, Axis.Linear("x", [0, 1]), Axis.Linear("y", [0, 1]), [new("a line", 0, [(0, 0), (1, 1)])], 300, 200) { ListsNames = true, Start = (0, 0), Targets = [(1, 1)] };

        var file = SvgFile.Of(Plot("one"), Plot("two"));

        var svg = XDocument.Parse(file).Root!;
        Assert.StartsWith("0 0 600 ", (string)svg.Attribute("viewBox")!);
        Assert.Equal("one; two", (string)svg.Attribute("aria-label")!);
        Assert.Equal(2, svg.Descendants().Count(element => element.Name.LocalName == "circle"));
        Assert.DoesNotContain("var(", file); // only browsers know it
    }

    [Fact]
    public void Pairs_stand_where_the_axis_says_with_what_is_said_of_them()
    {
        var plot = new PairPlot("times", Axis.Log("ms", [0.1, 10]), "theirs", "ours", [new("a", Ring: 10, Disc: 0.1, "100 ×"), new("b", Ring: 1, Disc: 1, "1 ×")]);

        var svg = XDocument.Parse(plot.ToSvg()).Root!;

        var rows = svg.Descendants().Where(element => element.Name.LocalName == "circle").Select(element => (double)element.Attribute("cx")!).Skip(2).ToArray(); // after the legend's
        var (right, left) = (rows[0], rows[1]);
        Assert.True(left < right);
        Assert.All(rows[2..], middle => Assert.Equal((left + right) / 2, middle, 0.11));
        Assert.Superset(new HashSet<string> { "a", "100 ×", "b", "1 ×", "theirs", "ours" }, svg.Descendants().Where(element => element.Name.LocalName == "text").Select(element => element.Value).ToHashSet());
    }

    [Fact]
    public void A_shortened_line_stays_where_it_was()
    {
        (double x, double y)[] circle = [.. Enumerable.Range(0, 1001).Select(i => (100 * Math.Cos(i * Math.Tau / 1000), 100 * Math.Sin(i * Math.Tau / 1000)))];

        var shorter = SvgPath.WithoutStraightOn(circle).ToArray();

        Assert.InRange(shorter.Length, 20, 100);
        Assert.Equal((circle[0], circle[^1]), (shorter[0], shorter[^1]));
        Assert.All(shorter.Zip(shorter.Skip(1)), chord =>
            Assert.InRange(Math.Sqrt(Math.Pow(chord.First.x + chord.Second.x, 2) + Math.Pow(chord.First.y + chord.Second.y, 2)) / 2, 99.75, 100)); // where it is farthest from the circle
        Assert.Equal([(0, 0), (3, 0), (3, 2)], SvgPath.WithoutStraightOn([(0, 0), (1, 0), (2, 0), (3, 0), (3, 1), (3, 2)]));
    }

    [Fact]
    public void A_plot_without_points_is_empty_but_whole() =>
        XDocument.Parse(new LinePlot("nothing", Axis.Linear("steps", []), Axis.Log("loss", []), [new("none", 0, [])]).ToSvg());
}
