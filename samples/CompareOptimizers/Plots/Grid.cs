namespace CompareOptimizers.Plots;

/// <summary>Values over a rectangle: <c>values[row, column]</c>, the rows from the lowest y, the columns from the lowest x.</summary>
internal sealed class Grid(double[,] values, (double min, double max) x, (double min, double max) y)
{
    private readonly int rows = values.GetLength(0), columns = values.GetLength(1);

    /// <summary>The lines where the values equal a level, by marching squares: closed (the last point is the first), or from edge to edge of the rectangle.</summary>
    public IReadOnlyList<IReadOnlyList<(double x, double y)>> Contour(double level)
    {
        var lines = new Dictionary<(double, double), List<(double x, double y)>>(); // by each of their ends
        foreach (var (from, to) in Segments(level))
        {
            var line = lines.Remove(from, out var found) ? found : [from];
            if (line[0] == from)
                line.Reverse();
            if (lines.Remove(to, out var next) && next != line)
            {
                if (next[^1] == to)
                    next.Reverse();
                line.AddRange(next);
            }
            else
                line.Add(to);
            lines[line[0]] = lines[line[^1]] = line;
        }
        return [.. lines.Values.Distinct()];
    }

    /// <summary>In each cell the lines between its edges' crossings.</summary>
    private IEnumerable<((double x, double y) from, (double x, double y) to)> Segments(double level)
    {
        for (var row = 0; row + 1 < rows; row++)
            for (var column = 0; column + 1 < columns; column++)
            {
                (double, double)[] crossings = [.. Crossings(level, row, column)];
                for (var i = 0; i + 1 < crossings.Length; i += 2)
                    if (crossings[i] != crossings[i + 1]) // the level touches a corner
                        yield return (crossings[i], crossings[i + 1]);
            }
    }

    /// <summary>Where a cell's edges cross the level. Both cells of an edge go along it in the same direction, so they find the same point.</summary>
    private IEnumerable<(double, double)> Crossings(double level, int row, int column)
    {
        var edges = new[] { (row, column, 0, 1), (row, column + 1, 1, 0), (row + 1, column, 0, 1), (row, column, 1, 0) };
        foreach (var (r, c, up, right) in edges)
        {
            var (a, b) = (values[r, c], values[r + up, c + right]);
            if (a < level == b < level)
                continue;
            var part = (level - a) / (b - a);
            yield return (At(x, c + part * right, columns), At(y, r + part * up, rows));
        }
    }

    private static double At((double min, double max) range, double index, int count) => range.min + (range.max - range.min) * index / (count - 1);
}
