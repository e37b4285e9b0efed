namespace CompareOptimizers.Plots;

/// <summary>How a line looks.</summary>
internal enum Stroke
{
    Solid,

    /// <summary>Thinner, dashed.</summary>
    Dashed,

    /// <summary>Broad and pale, so that another line can be seen on it.</summary>
    Band,
}

/// <summary>A line through points.</summary>
/// <param name="Label">Stands at its end; none where empty.</param>
/// <param name="Colour">An index into the theme's colours.</param>
/// <param name="Points">In the units of the axes.</param>
/// <param name="Stroke">How it looks.</param>
internal sealed record Line(string Label, int Colour, IReadOnlyList<(double X, double Y)> Points, Stroke Stroke = Stroke.Solid);
