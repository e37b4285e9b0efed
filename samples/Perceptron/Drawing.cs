using System.Globalization;
using System.Text;
using Datasets;

namespace Perceptron;

/// <summary>Draws the flowers and where each unit decides between the species, as an SVG.</summary>
internal static class Drawing
{
    private const double Width = 640, Height = 420, Margin = 50, Line = 18;
    private const double ShortestPetal = 2.8, LongestPetal = 7.2, NarrowestPetal = 0.8, WidestPetal = 2.7;

    private static readonly string[] Colours = ["#000000", "#cc79a7", "#0072b2"];

    public static string Svg(TwoIrises data, IReadOnlyList<(string name, Unit unit)> units)
    {
        var svg = new StringBuilder();
        svg.AppendLine(CultureInfo.InvariantCulture, $"""<svg xmlns="http://www.w3.org/2000/svg" width="{Width + 2 * Margin}" height="{Height + 2 * Margin + Line * units.Count}" font-family="sans-serif" font-size="13">""");
        svg.AppendLine("""<rect width="100%" height="100%" fill="white"/>""");
        svg.AppendLine(CultureInfo.InvariantCulture, $"""<clipPath id="frame"><rect x="{Margin}" y="{Margin}" width="{Width}" height="{Height}"/></clipPath>""");
        svg.AppendLine(CultureInfo.InvariantCulture, $"""<rect x="{Margin}" y="{Margin}" width="{Width}" height="{Height}" fill="none" stroke="black"/>""");
        Axes(svg);
        foreach (var flower in data.Flowers)
            svg.AppendLine(CultureInfo.InvariantCulture, $"""<circle cx="{X(flower.PetalLength):F1}" cy="{Y(flower.PetalWidth):F1}" r="4" fill="{(flower.Species == Iris.Virginica ? "#d55e00" : "#009e73")}" fill-opacity="0.6"/>""");
        for (var k = 0; k < units.Count; k++)
        {
            var (name, unit) = units[k];
            svg.AppendLine(CultureInfo.InvariantCulture, $"""<line clip-path="url(#frame)" {Boundary(data, unit)} stroke="{Colours[k]}" stroke-width="2" stroke-dasharray="{6 * k} {3 * k}"/>""");
            svg.AppendLine(CultureInfo.InvariantCulture, $"""<text x="{Margin}" y="{Margin + Height + 62 + Line * k}" fill="{Colours[k]}">— {name}: {unit.Errors(data)} errors</text>""");
        }
        svg.AppendLine(CultureInfo.InvariantCulture, $"""<text x="{Margin}" y="{Margin - 15}"><tspan fill="#009e73">● versicolor</tspan> <tspan fill="#d55e00">● virginica</tspan></text>""");
        return svg.AppendLine("</svg>").ToString();
    }

    private static void Axes(StringBuilder svg)
    {
        for (var cm = 3; cm <= 7; cm++) svg.AppendLine(CultureInfo.InvariantCulture, $"""<text x="{X(cm):F1}" y="{Margin + Height + 18}" text-anchor="middle">{cm}</text>""");
        for (var cm = 1.0; cm <= 2.5; cm += 0.5) svg.AppendLine(CultureInfo.InvariantCulture, $"""<text x="{Margin - 8}" y="{Y(cm) + 4:F1}" text-anchor="end">{cm:F1}</text>""");
        svg.AppendLine(CultureInfo.InvariantCulture, $"""<text x="{Margin + Width / 2}" y="{Margin + Height + 38}" text-anchor="middle">length of a petal, cm</text>""");
        svg.AppendLine(CultureInfo.InvariantCulture, $"""<text transform="translate({Margin - 36},{Margin + Height / 2}) rotate(-90)" text-anchor="middle">width of a petal, cm</text>""");
    }

    // w·x + b = 0 in the scaled coordinates, from the shortest to the longest petal.
    private static string Boundary(TwoIrises data, Unit unit)
    {
        var (w, b) = (unit.Weight.detach().data<double>().ToArray(), unit.Bias.detach().data<double>()[0]);
        double WidthAt(double length) => data.Width.Undo(-(w[0] * data.Length.Apply(length) + b) / w[1]);
        return string.Create(CultureInfo.InvariantCulture, $"""x1="{X(ShortestPetal):F1}" y1="{Y(WidthAt(ShortestPetal)):F1}" x2="{X(LongestPetal):F1}" y2="{Y(WidthAt(LongestPetal)):F1}" """);
    }

    private static double X(double cm) => Margin + Width * (cm - ShortestPetal) / (LongestPetal - ShortestPetal);

    private static double Y(double cm) => Margin + Height * (1 - (cm - NarrowestPetal) / (WidestPetal - NarrowestPetal));
}
