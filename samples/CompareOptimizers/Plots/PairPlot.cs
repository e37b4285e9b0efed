namespace CompareOptimizers.Plots;

/// <summary>Two numbers of one thing, and what is said of them.</summary>
internal sealed record Pair(string Name, double Ring, double Disc, string Remark);

/// <summary>A row for each pair: a ring, a disc and a line between them.</summary>
internal static class PairPlot
{
    private const int Width = 880, RowHeight = 26, Around = 128;

    public static Figure Of(string picture, string title, Axis axis, string ring, string disc, IReadOnlyList<Pair> pairs)
    {
        string?[] names = [.. pairs.SelectMany(pair => new[] { pair.Name, pair.Name, null })];
        double?[] ends = [.. pairs.SelectMany(pair => new double?[] { pair.Ring, pair.Disc, null })];
        object[] data =
        [
            new { type = "scatter", mode = "lines", x = ends, y = names, line = new { color = "@quiet", width = 1 }, hoverinfo = "skip", showlegend = false },
            Dots(ring, pairs, pair => pair.Ring, _ => "", new { symbol = "circle-open", size = 10, color = Theme.Colour(1), line = new { width = 2 } }),
            Dots(disc, pairs, pair => pair.Disc, pair => pair.Remark, new { symbol = "circle", size = 11, color = Theme.Colour(0) }),
            Remarks(pairs),
        ];
        return new(picture, data, new Dictionary<string, object?>
        {
            ["title"] = Figure.Heading(title),
            ["xaxis"] = axis.For(pairs.SelectMany(pair => new[] { pair.Ring, pair.Disc })).ToJson(),
            ["yaxis"] = new { automargin = true, autorange = "reversed", showgrid = false, ticks = "" },
            ["legend"] = Figure.LegendBelow(RowHeight * pairs.Count),
            ["margin"] = new { l = 110, r = 60, t = 48, b = 80 },
        }, Width, Around + RowHeight * pairs.Count);
    }

    private static object Dots(string name, IReadOnlyList<Pair> pairs, Func<Pair, double> value, Func<Pair, string> text, object marker) => new
    {
        type = "scatter",
        mode = "markers",
        name,
        x = pairs.Select(pair => Line.Round(value(pair))),
        y = pairs.Select(pair => pair.Name),
        text = pairs.Select(text),
        marker,
        hovertemplate = "%{y}, %{fullData.name}<br>%{xaxis.title.text} %{x:.4~g} %{text}<extra></extra>",
    };

    /// <summary>To the right of both.</summary>
    private static object Remarks(IReadOnlyList<Pair> pairs) => new
    {
        type = "scatter",
        mode = "text",
        x = pairs.Select(pair => Line.Round(Math.Max(pair.Ring, pair.Disc))),
        y = pairs.Select(pair => pair.Name),
        text = pairs.Select(pair => "   " + pair.Remark),
        textposition = "middle right",
        textfont = new { color = "@quiet" },
        hoverinfo = "skip",
        showlegend = false,
        cliponaxis = false,
    };
}
