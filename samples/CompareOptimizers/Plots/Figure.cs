namespace CompareOptimizers.Plots;

/// <summary>A figure as plotly.js takes it. A colour is one of <see cref="Theme"/>'s names after an @.</summary>
/// <param name="Picture">The file that a picture of it has, without its ending; figures of one name are side by side in it.</param>
/// <param name="Data">The traces.</param>
/// <param name="Layout">Axes, title, legend and what else is not data.</param>
/// <param name="Width">Pixels of a picture of it; in a page it is as wide as its panel.</param>
/// <param name="Height">Pixels.</param>
internal sealed record Figure(string Picture, IReadOnlyList<object> Data, IReadOnlyDictionary<string, object?> Layout, int Width, int Height)
{
    private const double BelowAxis = 52; // pixels, for the ticks and the title

    /// <summary>The title of a figure, at its upper left.</summary>
    /// <param name="text">The text.</param>
    /// <param name="above">Pixels between it and the plot.</param>
    public static object Heading(string text, int above = 12) =>
        new { text = $"<b>{text}</b>", x = 0, xref = "paper", xanchor = "left", y = 1, yref = "paper", yanchor = "bottom", pad = new { b = above }, font = new { size = 15 } };

    /// <summary>A legend below the plot.</summary>
    /// <param name="height">Pixels of the plot.</param>
    /// <param name="orientation">h: in rows; v: a line for each.</param>
    public static object LegendBelow(double height, string orientation = "h") => new { orientation, x = 0, xanchor = "left", y = -BelowAxis / height, yanchor = "top" };
}
