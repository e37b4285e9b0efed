namespace CompareOptimizers.Plots;

/// <summary>Lines over a surface that is shown by lines of equal height.</summary>
internal static class SurfacePlot
{
    private const int Levels = 11, Width = 460, Height = 400, LegendLine = 20, Above = 48, Below = 56;

    /// <param name="picture">The picture's name.</param>
    /// <param name="title">The title.</param>
    /// <param name="x">The places of the columns.</param>
    /// <param name="y">The places of the rows.</param>
    /// <param name="heights">In rows, the surface.</param>
    /// <param name="lines">The lines over it.</param>
    /// <param name="start">Where they begin: a ring.</param>
    /// <param name="targets">Points to find: crosses.</param>
    public static Figure Of(
        string picture, string title, double[] x, double[] y, double[][] heights, IReadOnlyList<Line> lines, (double x, double y) start, IReadOnlyList<(double x, double y)> targets)
    {
        object[] data =
        [
            Contours(x, y, heights),
            .. lines.Select(line => line.ToJson()),
            Marks("start", "circle-open", 11, [start]),
            Marks("minimum", "cross-thin-open", 11, targets),
        ];
        var legend = LegendLine * (lines.Count + 2);
        return new(picture, data, new Dictionary<string, object?>
        {
            ["title"] = Figure.Heading(title),
            ["xaxis"] = new Axis("x", From: x[0], To: x[^1]).ToJson(("showgrid", false)),
            ["yaxis"] = new Axis("y", From: y[0], To: y[^1]).ToJson(("showgrid", false)),
            ["legend"] = Figure.LegendBelow(Height - Above - Below, "v"),
            ["margin"] = new { l = 50, r = 12, t = Above, b = Below + legend },
        }, Width, Height + legend);
    }

    private static object Contours(double[] x, double[] y, double[][] heights) => new
    {
        type = "contour",
        x,
        y,
        z = Levelled(heights),
        showscale = false,
        showlegend = false,
        contours = new { coloring = "none", start = 1, end = Levels, size = 1 },
        line = new { color = "@quiet", width = 0.7, smoothing = 0 },
        hoverinfo = "skip",
    };

    /// <summary>
    /// Heights as numbers that are whole on the lines of equal height and linear between them: below the k-th of n lines are (k / (n + 1)) ^ 1.5 of all places,
    /// so that lines are closer together near the minima.
    /// </summary>
    internal static double[][] Levelled(double[][] heights)
    {
        double[] sorted = [.. heights.SelectMany(row => row).Order()];
        double[] levels = [.. Enumerable.Range(0, Levels + 1).Select(k => sorted[(int)(Math.Pow(k / (Levels + 1.0), 1.5) * sorted.Length)]), sorted[^1]];
        return [.. heights.Select(row => row.Select(height => Math.Round(Levelled(levels, height), 3)).ToArray())];
    }

    private static double Levelled(double[] levels, double height)
    {
        var below = Math.Clamp(Array.FindLastIndex(levels, level => level <= height), 0, Levels);
        return below + (height - levels[below]) / (levels[below + 1] - levels[below]);
    }

    private static object Marks(string name, string symbol, int size, IReadOnlyList<(double x, double y)> points) => new
    {
        type = "scatter",
        mode = "markers",
        name,
        x = points.Select(point => point.x),
        y = points.Select(point => point.y),
        marker = new { symbol, size, color = "@ink", line = new { width = 2, color = "@ink" } },
        hovertemplate = "%{fullData.name} (%{x:.4~g}, %{y:.4~g})<extra></extra>",
    };
}
