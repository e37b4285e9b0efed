using System.Globalization;
using System.Text;

namespace LqrRandomSearch;

/// <summary>Draws stable fraction and cost against rollouts as an SVG.</summary>
internal static class Plot
{
    private const int Width = 420, Height = 300, Left = 60, Top = 40, Space = 110;
    private const double LeastCost = 100, GreatestCost = 400;

    public static string Svg(IReadOnlyList<(string name, string colour, Summary[] summaries)> methods, double optimum)
    {
        var svg = new StringBuilder();
        svg.AppendLine(CultureInfo.InvariantCulture, $"""<svg xmlns="http://www.w3.org/2000/svg" width="{2 * (Width + Space)}" height="{Height + 110}" font-family="sans-serif" font-size="13">""");
        svg.AppendLine("""<rect width="100%" height="100%" fill="white"/>""");
        Panel(svg, Left, "stable policies, %", 0, 100, [0, 25, 50, 75, 100]);
        Panel(svg, Left + Width + Space, "cost of a step: median and quartiles", LeastCost, GreatestCost, [100, 200, 300, 400]);
        Line(svg, "#888", "4 4", [(80, optimum), (400, optimum)], Left + Width + Space, LeastCost, GreatestCost);
        for (var m = 0; m < methods.Count; m++)
        {
            var (name, colour, summaries) = methods[m];
            Line(svg, colour, "", summaries.Select(s => (s.Rollouts, 100 * s.Stable)), Left, 0, 100);
            Line(svg, colour, "", summaries.Where(s => s.Median <= GreatestCost).Select(s => (s.Rollouts, s.Median)), Left + Width + Space, LeastCost, GreatestCost);
            foreach (var s in summaries.Where(s => s.Upper <= GreatestCost))
                Line(svg, colour, "", [(s.Rollouts + 4 * m, s.Lower), (s.Rollouts + 4 * m, s.Upper)], Left + Width + Space, LeastCost, GreatestCost);
            svg.AppendLine(CultureInfo.InvariantCulture, $"""<text x="{Left + 180 * m}" y="{Top + Height + 55}" fill="{colour}">— {name}</text>""");
        }
        return svg.AppendLine("</svg>").ToString();
    }

    private static void Panel(StringBuilder svg, int left, string title, double low, double high, double[] ticks)
    {
        svg.AppendLine(CultureInfo.InvariantCulture, $"""<text x="{left}" y="{Top - 15}" font-weight="bold">{title}</text>""");
        svg.AppendLine(CultureInfo.InvariantCulture, $"""<rect x="{left}" y="{Top}" width="{Width}" height="{Height}" fill="none" stroke="black"/>""");
        foreach (var tick in ticks) svg.AppendLine(CultureInfo.InvariantCulture, $"""<text x="{left - 8}" y="{Y(tick, low, high) + 4:F1}" text-anchor="end">{tick}</text>""");
        foreach (var budget in Trials.Budgets) svg.AppendLine(CultureInfo.InvariantCulture, $"""<text x="{X(budget, left):F1}" y="{Top + Height + 18}" text-anchor="middle">{budget}</text>""");
        svg.AppendLine(CultureInfo.InvariantCulture, $"""<text x="{left + Width / 2}" y="{Top + Height + 36}" text-anchor="middle">rollouts</text>""");
    }

    private static void Line(StringBuilder svg, string colour, string dashes, IEnumerable<(int x, double y)> points, int left, double low, double high)
    {
        var path = string.Join(' ', points.Select(p => string.Create(CultureInfo.InvariantCulture, $"{X(p.x, left):F1},{Y(p.y, low, high):F1}")));
        svg.AppendLine(CultureInfo.InvariantCulture, $"""<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2" stroke-dasharray="{dashes}"/>""");
    }

    private static double X(double rollouts, int left) => left + 20 + (Width - 40) * (rollouts - 80) / 320;

    private static double Y(double value, double low, double high) => Top + Height * (1 - (Math.Clamp(value, low, high) - low) / (high - low));
}
