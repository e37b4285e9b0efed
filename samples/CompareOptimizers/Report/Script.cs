using System.Text.Json;
using CompareOptimizers.Plots;

namespace CompareOptimizers.Report;

/// <summary>What a page with figures needs: plotly.js, the theme and what draws the figures.</summary>
internal static class Script
{
    /// <summary>plotly.js, from the package Plotly.NET.</summary>
    public static string Plotly { get; } = ReadPlotly();

    /// <summary>What draws the figures.</summary>
    public static string Figures { get; } = $"const theme = {ToJson(new { colours = Theme.ByGround, template = Theme.Template })};\n{Resource.Read("figures.js")}";

    /// <summary>As JSON that can stand in a script element.</summary>
    public static string ToJson(object value) => JsonSerializer.Serialize(value);

    private static string ReadPlotly()
    {
        var assembly = typeof(global::Plotly.NET.Chart).Assembly;
        var name = assembly.GetManifestResourceNames().Single(name => name.EndsWith(".min.js", StringComparison.Ordinal));
        return Resource.Read(assembly, name);
    }
}
