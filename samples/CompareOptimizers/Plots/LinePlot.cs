namespace CompareOptimizers.Plots;

/// <summary>A plot of lines, with a legend.</summary>
internal static class LinePlot
{
    private const int Width = 560, Height = 420, Above = 48, Below = 56, LegendLine = 20, LettersOfLine = 60;

    public static Figure Of(string picture, string title, Axis x, Axis y, IReadOnlyList<Line> lines, int width = Width, int height = Height)
    {
        var legend = lines.Count > 1 ? LegendLine * (1 + lines.Sum(line => line.Name.Length + 6) / LettersOfLine) : 0;
        return new(picture, [.. lines.Select(line => line.ToJson())], new Dictionary<string, object?>
        {
            ["title"] = Figure.Heading(title),
            ["xaxis"] = x.For(lines.SelectMany(line => line.Points).Select(point => point.X)).ToJson(),
            ["yaxis"] = y.For(lines.SelectMany(line => line.Points).Select(point => point.Y)).ToJson(),
            ["showlegend"] = lines.Count > 1,
            ["legend"] = Figure.LegendBelow(height - Above - Below),
            ["margin"] = new { l = 64, r = 16, t = Above, b = Below + legend },
        }, width, height + legend);
    }
}
