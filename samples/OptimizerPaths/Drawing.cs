using System.Globalization;
using System.Text;

namespace OptimizerPaths;

/// <summary>Draws paths over level lines, one landscape beside the other, as an SVG on white.</summary>
internal static class Drawing
{
    private const double Width = 400, Height = 300, Gap = 24, Top = 34, Margin = 12, Row = 18;
    private const int Levels = 10;
    private const double Ratio = 2.2;

    private static readonly string[] Colours = ["#d55e00", "#0072b2", "#009e73"];      // told apart by colour-blind readers, too

    public static string Svg(Picture picture, IReadOnlyList<List<Descent>> paths)
    {
        var svg = new StringBuilder();
        var (width, height) = (2 * Margin + 2 * Width + Gap, Top + Height + Margin + Row * picture.Contenders.Count);
        Line(svg, $"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="13" role="img" aria-label="Paths of {picture.Name}">""");
        Line(svg, $"""<rect width="100%" height="100%" fill="white"/>""");
        Line(svg, $"""<defs><clipPath id="frame"><rect width="{Width}" height="{Height}"/></clipPath></defs>""");
        for (var k = 0; k < paths.Count; k++)
        {
            Line(svg, $"""<g transform="translate({Margin + k * (Width + Gap)},{Top})">""");
            Panel(svg, picture.Name, Landscape.Both[k], paths[k]);
            Line(svg, $"</g>");
        }
        return svg.AppendLine("</svg>").ToString();
    }

    private static void Panel(StringBuilder svg, string name, Landscape landscape, List<Descent> paths)
    {
        Line(svg, $"""<text y="-12" font-weight="bold">{name}: {landscape.Name}, {paths[0].Points.Count - 1} steps</text>""");
        Line(svg, $"""<g clip-path="url(#frame)">""");
        for (var k = 0; k < Levels; k++) Line(svg, $"""<path d="{Level(landscape, k)}" fill="none" stroke="#8899aa" stroke-width="0.7"/>""");
        for (var k = 0; k < paths.Count; k++) Path(svg, landscape, paths[k], Colours[k]);
        var (start, minimum) = (Place(landscape, landscape.Start), Place(landscape, landscape.Minimum));
        Line(svg, $"""<circle cx="{start.x:F1}" cy="{start.y:F1}" r="5" fill="none" stroke="black" stroke-width="1.5"/>""");
        Line(svg, $"""<path d="M{minimum.x - 5:F1} {minimum.y:F1}h10m-5 -5v10" stroke="black" stroke-width="1.5"/>""");
        Line(svg, $"""</g><rect width="{Width}" height="{Height}" fill="none" stroke="#445566"/>""");
        for (var k = 0; k < paths.Count; k++)
            Line(svg, $"""<text y="{Height + Row * (k + 1)}"><tspan fill="{Colours[k]}">●</tspan> {paths[k].Label}: f = {Value(paths[k].Value)}</text>""");
    }

    private static void Path(StringBuilder svg, Landscape landscape, Descent path, string colour)
    {
        var places = path.Points.Select(point => Text(Place(landscape, point))).Distinct().ToList();
        Line(svg, $"""<path d="M{string.Join('L', places)}" fill="none" stroke="{colour}" stroke-width="1.4" stroke-linejoin="round"/>""");
        Line(svg, $"""<path d="{string.Concat(places.Select(place => $"M{place}h0"))}" stroke="{colour}" stroke-width="3" stroke-linecap="round"/>""");
    }

    // Level lines at equal ratios.
    private static string Level(Landscape landscape, int k)
    {
        var level = landscape.Innermost * Math.Pow(Ratio, k);
        return string.Concat(Contours.Of(landscape, level).Select(line => "M" + string.Join('L', line.Select(point => Text(Place(landscape, point))))));
    }

    private static string Text((double x, double y) place) => string.Create(CultureInfo.InvariantCulture, $"{place.x:0.#} {place.y:0.#}");

    private static (double x, double y) Place(Landscape landscape, (double x, double y) point)
    {
        var (left, right, bottom, top) = landscape.Window;
        return (Width * (point.x - left) / (right - left), Height * (top - point.y) / (top - bottom));
    }

    private static string Value(double value) => value.ToString(value < 0.01 ? "0.0e-0" : "0.00", CultureInfo.InvariantCulture);

    private static void Line(StringBuilder svg, FormattableString text) => svg.AppendLine(text.ToString(CultureInfo.InvariantCulture));
}
