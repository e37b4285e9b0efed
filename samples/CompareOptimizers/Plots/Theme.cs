using System.Text.RegularExpressions;

namespace CompareOptimizers.Plots;

/// <summary>Colours of reports and plots on a light and on a dark ground.</summary>
internal static partial class Theme
{
    /// <summary>
    /// How many colours for lines there are. They are told apart with each of the common kinds of colour blindness:
    /// on light ground after P. Tol, "Colour Schemes", 2021 (muted), on dark ground the same hues, lighter.
    /// </summary>
    public const int Colours = 8;

    /// <summary>The shapes that tell lines of similar colours apart.</summary>
    public const int Marks = 5;

    private const string OnDark = "@media (prefers-color-scheme: dark)";

    private static readonly (string name, string light, string dark)[] Tones =
    [
        ("ground", "#ffffff", "#12161d"), ("panel", "#ffffff", "#191f29"), ("ink", "#1c2330", "#e8ebf0"), ("quiet", "#5d6675", "#9aa4b4"),
        ("grid", "#e3e6eb", "#2c3441"), ("edge", "#d5d9e0", "#333c4a"), ("good", "#0b6b3a", "#6fd39b"),
        ("c0", "#332288", "#9d92f5"), ("c1", "#cc5566", "#ff8b98"), ("c2", "#117733", "#5fca7d"), ("c3", "#2f8fc4", "#74c7f2"),
        ("c4", "#a5740a", "#e6bd4d"), ("c5", "#882288", "#e08be0"), ("c6", "#30917f", "#63d6c2"), ("c7", "#7a4a2b", "#d0a283"),
    ];

    /// <summary>The class of what has a line's colour.</summary>
    public static string Colour(int index) => $"c{index % Colours}";

    /// <summary>The colours as CSS variables, for both grounds.</summary>
    public static string Variables { get; } = $$"""
        :root { color-scheme: light dark; {{string.Join(' ', Tones.Select(tone => $"--{tone.name}: {tone.light};"))}} }
        {{OnDark}} { :root { {{string.Join(' ', Tones.Select(tone => $"--{tone.name}: {tone.dark};"))}} } }
        """;

    /// <summary>What the parts of a plot look like.</summary>
    public static string PlotStyle { get; } = $$"""
        .plot { width: 100%; height: auto; display: block; font: 13px system-ui, "Segoe UI", "Liberation Sans", Arial, sans-serif; }
        .plot text { fill: var(--ink); }
        .plot .ground { fill: var(--panel); }
        .plot .tick { fill: var(--quiet); font-size: 12px; }
        .plot .title { font-weight: 600; font-size: 15px; }
        .plot .end { fill: currentColor; font-weight: 600; font-size: 12.5px; paint-order: stroke; stroke: var(--panel); stroke-width: 3px; stroke-linejoin: round; }
        .plot .grid { stroke: var(--grid); stroke-width: 1; }
        .plot .axis { stroke: var(--quiet); stroke-width: 1; }
        .plot .line { fill: none; stroke: currentColor; stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; }
        .plot .dashed { stroke-width: 1.5; stroke-dasharray: 5 4; stroke-linecap: butt; }
        .plot .band { stroke-width: 7; opacity: .28; }
        .plot .leader { fill: none; stroke: currentColor; stroke-width: 1; opacity: .45; }
        .plot .contour { fill: none; stroke: var(--quiet); stroke-width: 1; }
        .plot .target { fill: none; stroke: var(--ink); stroke-width: 2; }
        .plot .ring { fill: var(--panel); stroke: currentColor; stroke-width: 2; }
        .plot .mark { fill: currentColor; stroke: var(--panel); stroke-width: 1; }
        {{string.Join(' ', Enumerable.Range(0, Colours).Select(i => $".plot .c{i} {{ color: var(--c{i}); }}"))}}
        """;

    /// <summary>The same without variables, which few programs but browsers know.</summary>
    public static string LiteralPlotStyle { get; } = Literal(tone => tone.light) + OnDark + " { " + Literal(tone => tone.dark) + "}";

    private static string Literal(Func<(string name, string light, string dark), string> colour) =>
        Variable().Replace(PlotStyle, match => colour(Tones.Single(tone => tone.name == match.Groups[1].Value))) + "\n";

    [GeneratedRegex(@"var\(--(\w+)\)")]
    private static partial Regex Variable();
}
