using CompareOptimizers.Plots;

namespace CompareOptimizers.Surfaces;

/// <summary>Trails over one surface.</summary>
/// <param name="Title">What they have in common.</param>
/// <param name="Surface">What they lead over.</param>
/// <param name="Trails">A line each.</param>
internal sealed record Picture(string Title, Surface Surface, IReadOnlyList<Trail> Trails)
{
    /// <param name="name">The picture's name.</param>
    public Figure Figure(string name)
    {
        Line[] lines = [.. Trails.Select((trail, i) => new Line(trail.Label, i, trail.Points))];
        var (x, y, heights) = Surface.Heights();
        return SurfacePlot.Of(name, $"{Surface.Name}: {Title}", x, y, heights, lines, Surface.Start, Surface.Minima);
    }
}
