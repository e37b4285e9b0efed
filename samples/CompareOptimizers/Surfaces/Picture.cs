using CompareOptimizers.Plots;

namespace CompareOptimizers.Surfaces;

/// <summary>Trails over one surface.</summary>
/// <param name="Title">What they have in common.</param>
/// <param name="Surface">What they lead over.</param>
/// <param name="Trails">A line each.</param>
internal sealed record Picture(string Title, Surface Surface, IReadOnlyList<Trail> Trails)
{
    private const double Width = 440, Height = 370; // two side by side fit a page

    public LinePlot Plot()
    {
        Line[] lines = [.. Trails.Select((trail, i) => new Line(trail.Label, i, trail.Points))];
        return new($"{Surface.Name}: {Title}", Axis.Linear("x", [Surface.X.min, Surface.X.max]), Axis.Linear("y", [Surface.Y.min, Surface.Y.max]), lines, Width, Height)
        {
            Contours = Surface.Contours(),
            Start = Surface.Start,
            Targets = Surface.Minima,
            ListsNames = true,
        };
    }
}
