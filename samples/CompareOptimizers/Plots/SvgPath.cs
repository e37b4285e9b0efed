using System.Globalization;

namespace CompareOptimizers.Plots;

/// <summary>Places in an image as text.</summary>
internal static class SvgPath
{
    private const double Visible = 0.2;

    /// <summary>One after the other, to a tenth; those that this makes equal to the one before are left out.</summary>
    public static string Through(IEnumerable<(double x, double y)> places)
    {
        var path = new List<string>();
        foreach (var (x, y) in places)
            if (string.Create(CultureInfo.InvariantCulture, $"{x:0.#} {y:0.#}") is var place && (path.Count == 0 || path[^1] != place))
                path.Add(place);
        return string.Join(' ', path);
    }

    /// <summary>Leaves out places where a line hardly turns: a bow is farthest from its chord in the middle.</summary>
    public static IEnumerable<(double x, double y)> WithoutStraightOn((double x, double y)[] places)
    {
        var kept = 0;
        yield return places[kept];
        for (var i = 1; i < places.Length; i++)
            if (i == places.Length - 1 || Distance(places[(kept + i + 1) / 2], places[kept], places[i + 1]) > Visible)
                yield return places[kept = i];
    }

    /// <summary>From the line through two places.</summary>
    private static double Distance((double x, double y) place, (double x, double y) from, (double x, double y) to)
    {
        var (across, down) = (to.x - from.x, to.y - from.y);
        return Math.Abs(across * (place.y - from.y) - down * (place.x - from.x)) / (Math.Sqrt(across * across + down * down) + 1e-12);
    }
}
