namespace CompareOptimizers.Plots;

/// <summary>An axis of a figure.</summary>
/// <param name="Title">The quantity, with its unit.</param>
/// <param name="Log">Whether it is logarithmic.</param>
/// <param name="From">Where it begins; null: at the least value.</param>
/// <param name="To">Where it ends; null: at the largest value.</param>
internal sealed record Axis(string Title, bool Log = false, double? From = null, double? To = null)
{
    private const double MostDecadesOfThreeTicks = 3; // 1, 2 and 5 of each

    private double decades = double.PositiveInfinity;

    /// <summary>The axis for these values: how far apart they are decides on its ticks.</summary>
    public Axis For(IEnumerable<double> values)
    {
        double[] shown = [.. values.Where(value => double.IsFinite(value) && value > 0 && !(value < From) && !(value > To))];
        return shown.Length == 0 ? this : this with { decades = Math.Log10(shown.Max() / shown.Min()) };
    }

    /// <summary>The axis as plotly.js takes it, with what else is given.</summary>
    public Dictionary<string, object?> ToJson(params (string name, object? value)[] more)
    {
        var axis = new Dictionary<string, object?>
        {
            ["title"] = new { text = Title },
            ["type"] = Log ? "log" : "linear",
            ["range"] = new[] { Place(From), Place(To) },
            ["tickformat"] = Log ? "~g" : null,
            ["dtick"] = Log && decades <= MostDecadesOfThreeTicks ? "D2" : null,
        };
        foreach (var (name, value) in more) axis[name] = value;
        return axis;
    }

    private double? Place(double? value) => value is { } given && Log ? Math.Log10(given) : value;
}
