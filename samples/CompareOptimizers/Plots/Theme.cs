namespace CompareOptimizers.Plots;

/// <summary>Colours of reports and plots on a light and on a dark ground.</summary>
internal static class Theme
{
    /// <summary>
    /// How many colours for lines there are. They are told apart with each of the common kinds of colour blindness:
    /// on light ground after P. Tol, "Colour Schemes", 2021 (muted), on dark ground the same hues, lighter.
    /// </summary>
    public const int Colours = 8;

    /// <summary>The shapes that tell lines of similar colours apart.</summary>
    public const int Marks = 5;

    public static string Colour(int index) => $"var(--c{index % Colours})";

    /// <summary>The colours as CSS variables, for both grounds.</summary>
    public const string Variables = """
        :root { color-scheme: light dark; --ground: #ffffff; --panel: #ffffff; --ink: #1c2330; --quiet: #5d6675; --grid: #e3e6eb; --edge: #d5d9e0; --good: #0b6b3a;
          --c0: #332288; --c1: #cc5566; --c2: #117733; --c3: #2f8fc4; --c4: #a5740a; --c5: #882288; --c6: #30917f; --c7: #7a4a2b; }
        @media (prefers-color-scheme: dark) { :root { --ground: #12161d; --panel: #191f29; --ink: #e8ebf0; --quiet: #9aa4b4; --grid: #2c3441; --edge: #333c4a; --good: #6fd39b;
          --c0: #9d92f5; --c1: #ff8b98; --c2: #5fca7d; --c3: #74c7f2; --c4: #e6bd4d; --c5: #e08be0; --c6: #63d6c2; --c7: #d0a283; } }
        """;

    /// <summary>What the parts of a plot look like.</summary>
    public const string PlotStyle = """
        .plot { width: 100%; height: auto; display: block; font: 13px system-ui, "Segoe UI", "Liberation Sans", Arial, sans-serif; }
        .plot text { fill: var(--ink); }
        .plot .tick { fill: var(--quiet); font-size: 12px; }
        .plot .title { font-weight: 600; font-size: 15px; }
        .plot .end { font-weight: 600; font-size: 12.5px; paint-order: stroke; stroke: var(--panel); stroke-width: 3px; stroke-linejoin: round; }
        .plot .grid { stroke: var(--grid); stroke-width: 1; }
        .plot .axis { stroke: var(--quiet); stroke-width: 1; }
        .plot .line { fill: none; stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; }
        .plot .dashed { stroke-width: 1.5; stroke-dasharray: 5 4; stroke-linecap: butt; }
        .plot .band { stroke-width: 7; opacity: .28; }
        .plot .leader { fill: none; stroke-width: 1; opacity: .45; }
        .plot .contour { fill: none; stroke: var(--quiet); stroke-width: 1; }
        .plot .target { fill: none; stroke: var(--ink); stroke-width: 2; }
        .plot .mark { stroke: var(--panel); stroke-width: 1; }
        """;
}
