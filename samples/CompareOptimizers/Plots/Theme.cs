namespace CompareOptimizers.Plots;

/// <summary>Colours of reports and figures on a light and on a dark ground.</summary>
internal static class Theme
{
    /// <summary>
    /// How many colours for lines there are. They are told apart with each of the common kinds of colour blindness:
    /// on light ground after P. Tol, "Colour Schemes", 2021 (muted), on dark ground the same hues, lighter.
    /// </summary>
    private const int Colours = 8;

    private static readonly (string name, string light, string dark)[] Tones =
    [
        ("ground", "#ffffff", "#12161d"), ("panel", "#ffffff", "#191f29"), ("ink", "#1c2330", "#e8ebf0"), ("quiet", "#5d6675", "#9aa4b4"),
        ("grid", "#e3e6eb", "#2c3441"), ("edge", "#c3c9d2", "#465164"), ("good", "#0b6b3a", "#6fd39b"),
        ("c0", "#332288", "#9d92f5"), ("c1", "#cc5566", "#ff8b98"), ("c2", "#117733", "#5fca7d"), ("c3", "#2f8fc4", "#74c7f2"),
        ("c4", "#a5740a", "#e6bd4d"), ("c5", "#882288", "#e08be0"), ("c6", "#30917f", "#63d6c2"), ("c7", "#7a4a2b", "#d0a283"),
    ];

    /// <summary>The name of a line's colour.</summary>
    public static string Colour(int index) => $"@c{index % Colours}";

    /// <summary>The colours as CSS variables, for both grounds.</summary>
    public static string Variables { get; } = $$"""
        :root { color-scheme: light dark; {{string.Join(' ', Tones.Select(tone => $"--{tone.name}: {tone.light};"))}} }
        @media (prefers-color-scheme: dark) { :root { {{string.Join(' ', Tones.Select(tone => $"--{tone.name}: {tone.dark};"))}} } }
        """;

    /// <summary>The colours by their names, for each ground.</summary>
    public static object ByGround { get; } = new { light = Tones.ToDictionary(tone => tone.name, tone => tone.light), dark = Tones.ToDictionary(tone => tone.name, tone => tone.dark) };

    /// <summary>What the parts of a figure look like.</summary>
    public static object Template { get; } = new
    {
        layout = new
        {
            font = new { family = "system-ui, Segoe UI, Liberation Sans, Arial, sans-serif", size = 12.5, color = "@ink" },
            paper_bgcolor = "@panel",
            plot_bgcolor = "@panel",
            xaxis = Axis(),
            yaxis = Axis(),
            hovermode = "closest",
            hoverlabel = new { bgcolor = "@panel", bordercolor = "@quiet", font = new { color = "@ink" }, align = "left" },
            modebar = new { color = "@quiet", activecolor = "@ink", bgcolor = "rgba(0,0,0,0)" },
        },
    };

    private static object Axis() => new
    {
        gridcolor = "@grid",
        linecolor = "@quiet",
        tickcolor = "@quiet",
        zeroline = false,
        showline = true,
        ticks = "outside",
        tickfont = new { color = "@quiet" },
        title = new { font = new { color = "@quiet" }, standoff = 6 },
    };
}
