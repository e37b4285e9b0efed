namespace CompareOptimizers.Plots;

/// <summary>Values over a rectangle: <c>values[row, column]</c>, the rows from the lowest y, the columns from the lowest x.</summary>
internal sealed class Grid(double[,] values, (double min, double max) x, (double min, double max) y)
{
    private readonly int rows = values.GetLength(0), columns = values.GetLength(1);

    /// <summary>Where the values equal a level, by marching squares: in each cell the line between its edges' crossings.</summary>
    public IReadOnlyList<Segment> Contour(double level)
    {
        var segments = new List<Segment>();
        var crossings = new List<(double x, double y)>(4);
        for (var row = 0; row + 1 < rows; row++)
            for (var column = 0; column + 1 < columns; column++)
            {
                crossings.Clear();
                AddCrossing(crossings, level, (row, column), (row, column + 1));
                AddCrossing(crossings, level, (row, column + 1), (row + 1, column + 1));
                AddCrossing(crossings, level, (row + 1, column + 1), (row + 1, column));
                AddCrossing(crossings, level, (row + 1, column), (row, column));
                for (var i = 0; i + 1 < crossings.Count; i += 2)
                    segments.Add(new(crossings[i].x, crossings[i].y, crossings[i + 1].x, crossings[i + 1].y));
            }
        return segments;
    }

    private void AddCrossing(List<(double, double)> crossings, double level, (int row, int column) from, (int row, int column) to)
    {
        var (a, b) = (values[from.row, from.column], values[to.row, to.column]);
        if (a < level == b < level)
            return;
        var part = (level - a) / (b - a);
        crossings.Add((At(x, from.column + part * (to.column - from.column), columns), At(y, from.row + part * (to.row - from.row), rows)));
    }

    private static double At((double min, double max) range, double index, int count) => range.min + (range.max - range.min) * index / (count - 1);
}
