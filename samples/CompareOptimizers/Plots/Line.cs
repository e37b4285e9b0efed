namespace CompareOptimizers.Plots;

/// <summary>How a line looks.</summary>
internal enum Stroke
{
    Solid,

    /// <summary>Thinner, dashed.</summary>
    Dashed,

    /// <summary>Broad and pale, so that another line can be seen on it.</summary>
    Band,

    /// <summary>Thin and grey: there to be compared with.</summary>
    Ground,
}

/// <summary>A line through points.</summary>
/// <param name="Name">What the legend calls it.</param>
/// <param name="Colour">An index into the theme's colours.</param>
/// <param name="Points">In the units of the axes; those that are not finite are left out.</param>
/// <param name="Stroke">How it looks.</param>
internal sealed record Line(string Name, int Colour, IReadOnlyList<(double X, double Y)> Points, Stroke Stroke = Stroke.Solid)
{
    private const int Marks = 5, Mark = 7; // on a line, however many points it has

    private static readonly string[] Shapes = ["circle", "square", "triangle-up", "diamond", "triangle-down"];

    /// <summary>Pixels of a mark.</summary>
    public int MarkSize { get; init; } = Mark;

    private IEnumerable<(double X, double Y)> Finite => Points.Where(point => double.IsFinite(point.X) && double.IsFinite(point.Y));

    private string Tone => Stroke == Stroke.Ground ? "@edge" : Theme.Colour(Colour);

    /// <summary>The trace as plotly.js takes it, with what else is given.</summary>
    public Dictionary<string, object?> ToJson(params (string name, object? value)[] more)
    {
        var trace = new Dictionary<string, object?>
        {
            ["type"] = "scatter",
            ["name"] = Name,
            ["x"] = Finite.Select(point => Round(point.X)),
            ["y"] = Finite.Select(point => Round(point.Y)),
            ["mode"] = Stroke == Stroke.Solid ? "lines+markers" : "lines",
            ["line"] = new { color = Tone, width = Stroke switch { Stroke.Band => 7, Stroke.Ground => 1, Stroke.Dashed => 1.5, _ => 2 }, dash = Stroke == Stroke.Dashed ? "dash" : "solid" },
            ["marker"] = new { symbol = Shapes[Colour % Shapes.Length], size = MarkSize, maxdisplayed = Marks, color = Tone },
            ["opacity"] = Stroke == Stroke.Band ? 0.35 : 1,
            ["hovertemplate"] = "%{fullData.name}<br>%{xaxis.title.text} %{x:.4~g}<br>%{yaxis.title.text} %{y:.4~g}<extra></extra>",
        };
        if (Stroke == Stroke.Ground) trace["hoverinfo"] = "skip";
        if (Stroke == Stroke.Ground) trace.Remove("hovertemplate");
        foreach (var (name, value) in more) trace[name] = value;
        return trace;
    }

    /// <summary>Six digits are more than a pixel shows.</summary>
    internal static double Round(double value) => double.Parse(value.ToString("G6", System.Globalization.CultureInfo.InvariantCulture), System.Globalization.CultureInfo.InvariantCulture);
}
