using static TorchSharp.torch;

namespace OptimizerPaths;

/// <summary>Level lines of a function by marching squares.</summary>
internal static class Contours
{
    private const int Across = 72, Up = 54;

    /// <summary>The lines of one level, each from point to point, in the landscape's coordinates.</summary>
    public static IEnumerable<List<(double x, double y)>> Of(Landscape landscape, double level)
    {
        var open = new Dictionary<(double, double), List<(double x, double y)>>();      // lines by each of their ends
        foreach (var (from, to) in Segments(landscape, level))
        {
            var line = open.Remove(from, out var first) ? first : [from];
            if (line[0] == from) line.Reverse();
            if (open.Remove(to, out var second) && second != line)
            {
                if (second[^1] == to) second.Reverse();
                open.Remove(second[^1]);
                line.AddRange(second);
            }
            else line.Add(to);
            (open[line[0]], open[line[^1]]) = (line, line);
        }
        return open.Values.Distinct();
    }

    private static IEnumerable<((double x, double y) from, (double x, double y) to)> Segments(Landscape landscape, double level)
    {
        var (left, right, bottom, top) = landscape.Window;
        using var scope = NewDisposeScope();
        var xs = linspace(left, right, Across + 1, ScalarType.Float64).unsqueeze(0).expand(Up + 1, Across + 1);
        var ys = linspace(bottom, top, Up + 1, ScalarType.Float64).unsqueeze(1).expand(Up + 1, Across + 1);
        var values = landscape.Value(xs, ys).contiguous().data<double>().ToArray();
        for (var row = 0; row < Up; row++)
            for (var column = 0; column < Across; column++)
            {
                var cuts = Cuts(row, column).ToList();
                for (var k = 0; k + 1 < cuts.Count; k += 2) yield return (cuts[k], cuts[k + 1]);
            }

        // Where the level line enters and leaves a cell, side after side.
        IEnumerable<(double, double)> Cuts(int row, int column)
        {
            (int r, int c)[] corners = [(row, column), (row, column + 1), (row + 1, column + 1), (row + 1, column)];
            for (var k = 0; k < 4; k++)
            {
                var (a, b) = (corners[k], corners[(k + 1) % 4]);
                if (a.CompareTo(b) > 0) (a, b) = (b, a);        // the cell on the other side must find the same point
                var (low, high) = (values[a.r * (Across + 1) + a.c], values[b.r * (Across + 1) + b.c]);
                if (low < level == high < level) continue;
                var part = (level - low) / (high - low);
                yield return (X(a.c + part * (b.c - a.c)), Y(a.r + part * (b.r - a.r)));
            }
        }

        double X(double column) => left + (right - left) * column / Across;
        double Y(double row) => bottom + (top - bottom) * row / Up;
    }
}
