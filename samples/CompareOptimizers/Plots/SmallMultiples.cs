namespace CompareOptimizers.Plots;

/// <summary>One cell of small multiples.</summary>
/// <param name="Title">What its lines belong to.</param>
/// <param name="Lines">What stands out in it; lines of one name are one entry of the legend.</param>
internal sealed record Cell(string Title, IReadOnlyList<Line> Lines);

/// <summary>A plot for each of many, on the same axes; in each the first lines of all the others are there in grey.</summary>
internal static class SmallMultiples
{
    private const int Columns = 4, Width = 1120, RowHeight = 190, Above = 76, Below = 84;
    private const int AboveCells = 30; // pixels, for their headings
    private const double GapAcross = 0.025, GapDown = 44; // a share of the width, pixels

    public static Figure Of(string picture, string title, Axis x, Axis y, IReadOnlyList<Cell> cells)
    {
        var (columns, rows) = (Math.Min(Columns, cells.Count), (cells.Count + Columns - 1) / Columns);
        var layout = new Dictionary<string, object?>
        {
            ["title"] = Figure.Heading(title, AboveCells),
            ["legend"] = Figure.LegendBelow(RowHeight * rows),
            ["margin"] = new { l = 64, r = 16, t = Above, b = Below },
            ["annotations"] = cells.Select((cell, i) => Heading(cell, Names(i))),
        };
        y = y.For(cells.SelectMany(cell => cell.Lines).SelectMany(line => line.Points).Select(point => point.Y));
        List<object> traces = [.. Legend(cells)];
        for (var i = 0; i < cells.Count; i++)
        {
            var (xName, yName) = Names(i);
            var (across, down) = Domains(i, columns, rows);
            layout[xName.Replace("x", "xaxis", StringComparison.Ordinal)] = (i + columns < cells.Count ? x with { Title = "" } : x)
                .ToJson(("domain", across), ("anchor", yName), ("matches", i == 0 ? null : "x"), ("showticklabels", i + columns >= cells.Count));
            layout[yName.Replace("y", "yaxis", StringComparison.Ordinal)] = (i % columns > 0 ? y with { Title = "" } : y)
                .ToJson(("domain", down), ("anchor", xName), ("matches", i == 0 ? null : "y"), ("showticklabels", i % columns == 0));
            traces.AddRange(Traces(cells, i, (xName, yName)));
        }
        return new(picture, traces, layout, Width, Above + Below + RowHeight * rows);
    }

    private static (string x, string y) Names(int i) => i == 0 ? ("x", "y") : ($"x{i + 1}", $"y{i + 1}");

    private static (double[] across, double[] down) Domains(int i, int columns, int rows)
    {
        var gapDown = GapDown / (RowHeight * rows);
        var (width, height) = ((1 + GapAcross) / columns, (1 + gapDown) / rows);
        var (left, top) = (i % columns * width, 1 - i / columns * height);
        return ([left, Math.Min(1, left + width - GapAcross)], [Math.Max(0, top - height + gapDown), top]);
    }

    private static object Heading(Cell cell, (string x, string y) names) => new
    {
        text = $"<b>{cell.Title}</b>",
        showarrow = false,
        x = 0,
        xanchor = "left",
        y = 1,
        yanchor = "bottom",
        xref = $"{names.x} domain",
        yref = $"{names.y} domain",
    };

    private static IEnumerable<object> Traces(IReadOnlyList<Cell> cells, int i, (string x, string y) names)
    {
        var others = cells.Where((_, other) => other != i).Select(other => other.Lines[^1] with { Name = "the others", Stroke = Stroke.Ground });
        return others.Concat(cells[i].Lines).Select(line => line.ToJson(
            ("xaxis", names.x), ("yaxis", names.y), ("legendgroup", line.Name), ("showlegend", false)));
    }

    /// <summary>A trace without points for each name: the entries of the legend, which switch the lines of all cells.</summary>
    private static IEnumerable<object> Legend(IReadOnlyList<Cell> cells)
    {
        Line[] lines = [.. cells.SelectMany(cell => cell.Lines).DistinctBy(line => line.Name)];
        Line[] others = cells.Count > 1 ? [new("the others", 0, [], Stroke.Ground)] : [];
        return lines.Concat(others).Select(line => (line with { Points = [] }).ToJson(("legendgroup", line.Name), ("x", new double?[] { null }), ("y", new double?[] { null })));
    }
}
