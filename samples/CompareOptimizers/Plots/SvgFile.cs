using System.Globalization;
using System.Net;
using System.Text;

namespace CompareOptimizers.Plots;

/// <summary>Plots side by side as an SVG image that needs nothing else.</summary>
internal static class SvgFile
{
    public static string Of(params IReadOnlyList<Plot> plots)
    {
        var (width, height) = (plots.Sum(plot => plot.Width), plots.Max(plot => plot.Height));
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"""<svg class="plot" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" aria-label="{WebUtility.HtmlEncode(string.Join("; ", plots.Select(plot => plot.Title)))}">""");
        svg.Append(CultureInfo.InvariantCulture, $"""<style>{Theme.LiteralPlotStyle}</style><rect class="ground" width="100%" height="100%" rx="8"/>""");
        for (var i = 0; i < plots.Count; i++)
        {
            svg.Append(CultureInfo.InvariantCulture, $"""<g transform="translate({plots.Take(i).Sum(plot => plot.Width)} 0)">""");
            plots[i].DrawTo(svg);
            svg.Append("</g>");
        }
        return svg.Append("</svg>\n").ToString();
    }
}
