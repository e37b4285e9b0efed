using System.Text.Json;
using CompareOptimizers.Plots;
using CompareOptimizers.Report;

namespace Samples.Tests;

public class FigureTests
{
    [Fact]
    public void Lines_of_equal_height_have_their_share_of_the_places_below_them()
    {
        var random = new Random(1);
        double[][] heights = [.. Enumerable.Range(0, 50).Select(_ => Enumerable.Range(0, 50).Select(_ => Math.Exp(5 * random.NextDouble())).ToArray())];

        var levelled = SurfacePlot.Levelled(heights);

        var pairs = heights.Zip(levelled).SelectMany(rows => rows.First.Zip(rows.Second)).OrderBy(pair => pair.First).ToArray();
        Assert.Equal(pairs.Select(pair => pair.Second), pairs.Select(pair => pair.Second).Order());
        for (var k = 1; k <= 11; k++)
            Assert.Equal(Math.Pow(k / 12.0, 1.5), pairs.Count(pair => pair.Second < k) / 2500.0, 0.01);
    }

    [Fact]
    public void What_is_not_finite_is_not_part_of_a_figure_and_no_text_ends_its_script()
    {
        var figure = LinePlot.Of("x", "loss & </script>", new("steps"), new("loss", Log: true), [new("a < b", 0, [(0, double.NaN), (1, 2), (double.PositiveInfinity, 1)]), new("none", 1, [])]);

        var json = Script.ToJson(new { data = figure.Data, layout = figure.Layout });

        Assert.DoesNotContain("</", json);
        var data = JsonDocument.Parse(json).RootElement.GetProperty("data");
        Assert.Equal("a < b", data[0].GetProperty("name").GetString());
        Assert.Equal(["1"], data[0].GetProperty("x").EnumerateArray().Select(x => x.GetRawText()));
        Assert.Equal(0, data[1].GetProperty("x").GetArrayLength());
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(4, 4)]
    [InlineData(7, 4)]
    public void Small_multiples_have_a_place_for_each_that_no_other_has(int count, int columns)
    {
        var figure = SmallMultiples.Of("x", "x", new("steps"), new("loss"), [.. Enumerable.Range(0, count).Select(i => new Cell($"cell {i}", [new("ours", 0, [(0, 1), (1, i)])]))]);

        var layout = JsonDocument.Parse(Script.ToJson(figure.Layout)).RootElement;
        var places = Enumerable.Range(0, count).Select(i => i == 0 ? "" : $"{i + 1}").Select(i => (Domain(layout, "xaxis" + i), Domain(layout, "yaxis" + i))).ToArray();
        Assert.Equal(columns, places.Select(place => place.Item1.from).Distinct().Count());
        Assert.All(places, place => Assert.True(place.Item1.from >= 0 && place.Item1.to <= 1 && place.Item2.from >= 0 && place.Item2.to <= 1));
        foreach (var (a, i) in places.Select((place, i) => (place, i)))
            Assert.All(places.Skip(i + 1), b => Assert.True(Apart(a.Item1, b.Item1) || Apart(a.Item2, b.Item2)));
        Assert.Equal(count, layout.GetProperty("annotations").GetArrayLength());
    }

    private static bool Apart((double from, double to) a, (double from, double to) b) => a.to < b.from || b.to < a.from;

    private static (double from, double to) Domain(JsonElement layout, string axis)
    {
        var domain = layout.GetProperty(axis).GetProperty("domain");
        return (domain[0].GetDouble(), domain[1].GetDouble());
    }
}
