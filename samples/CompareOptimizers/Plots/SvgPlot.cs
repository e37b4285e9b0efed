using System.Globalization;
using System.Net;
using System.Text;

namespace CompareOptimizers.Plots;

/// <summary>A plot of lines as an SVG image, whose colours are the CSS variables of <see cref="Theme"/>.</summary>
internal sealed class SvgPlot(string title, Axis x, Axis y, IReadOnlyList<Line> lines, double width = 640, double height = 400)
{
    private const double Top = 40, Bottom = 48, Left = 62, Right = 16;
    private const double LabelGap = 14, LabelSpacing = 15, WidthOfLetter = 8.6, Overhang = 6;

    private readonly double right = Right + (lines.All(line => line.Label.Length == 0) ? 0 : LabelGap + WidthOfLetter * lines.Max(line => line.Label.Length));

    /// <summary>The image, to be part of an HTML page that has the styles of <see cref="Theme"/>.</summary>
    public string ToSvg() => Render(style: "");

    /// <summary>The image as a file of its own.</summary>
    public string ToStandaloneSvg() => Render($"<style>{Theme.Variables}{Theme.PlotStyle}</style><rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"var(--panel)\"/>");

    private string Render(string style)
    {
        var svg = new StringBuilder();
        svg.Append(Invariant($"""<svg class="plot" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" aria-label="{Text(title)}">{style}"""));
        svg.Append(Invariant($"""<text class="title" x="{Left}" y="22">{Text(title)}</text>"""));
        DrawAxes(svg);
        DrawLines(svg);
        DrawLabels(svg);
        return svg.Append("</svg>\n").ToString();
    }

    private double Across(double value) => Left + x.At(value) * (width - Left - right);

    private double Down(double value) => height - Bottom - y.At(value) * (height - Top - Bottom);

    private void DrawAxes(StringBuilder svg)
    {
        foreach (var (value, text) in y.Ticks())
        {
            svg.Append(Invariant($"""<path class="grid" d="M{Left} {Down(value):0.#}H{width - right:0.#}"/>"""));
            svg.Append(Invariant($"""<text class="tick" x="{Left - 8}" y="{Down(value) + 4:0.#}" text-anchor="end">{Text(text)}</text>"""));
        }
        foreach (var (value, text) in x.Ticks())
        {
            svg.Append(Invariant($"""<path class="axis" d="M{Across(value):0.#} {height - Bottom}v5"/>"""));
            svg.Append(Invariant($"""<text class="tick" x="{Across(value):0.#}" y="{height - Bottom + 19}" text-anchor="middle">{Text(text)}</text>"""));
        }
        svg.Append(Invariant($"""<path class="axis" d="M{Left} {height - Bottom}H{width - right:0.#}"/>"""));
        svg.Append(Invariant($"""<text class="tick" x="{(Left + width - right) / 2:0.#}" y="{height - 9}" text-anchor="middle">{Text(x.Title)}</text>"""));
        svg.Append(Invariant($"""<text class="tick" transform="translate(15 {(Top + height - Bottom) / 2:0.#}) rotate(-90)" text-anchor="middle">{Text(y.Title)}</text>"""));
    }

    private void DrawLines(StringBuilder svg)
    {
        var (left, top, across, down) = (Left - Overhang, Top - Overhang, width - Left - right + 2 * Overhang, height - Top - Bottom + 2 * Overhang);
        svg.Append(Invariant($"""<svg x="{left}" y="{top}" width="{across:0.#}" height="{down:0.#}" viewBox="{left} {top} {across:0.#} {down:0.#}">""")); // clips
        for (var i = 0; i < lines.Count; i++)
            Draw(svg, lines[i], i);
        svg.Append("</svg>");
    }

    private void Draw(StringBuilder svg, Line line, int index)
    {
        (double x, double y)[] points = [.. Shown(line)];
        if (points.Length == 0)
            return;
        var path = string.Join(' ', points.Select(point => Invariant($"{point.x:0.#},{point.y:0.#}")));
        var kind = line.Stroke switch { Stroke.Dashed => " dashed", Stroke.Band => " band", _ => "" };
        svg.Append(Invariant($"""<polyline class="line{kind}" style="stroke:{Theme.Colour(line.Colour)}" points="{path}"><title>{Text(line.Label)}</title></polyline>"""));
        if (line.Stroke == Stroke.Solid && line.Label.Length > 0)
            DrawMarks(svg, line, points, index);
    }

    /// <summary>A few marks on the line, at other places than those of its neighbours.</summary>
    private static void DrawMarks(StringBuilder svg, Line line, (double x, double y)[] points, int index)
    {
        const int marks = 4;
        for (var i = 0; i < marks; i++)
        {
            var (across, down) = points[(int)((i + (index % 5 + 0.5) / 5) / marks * points.Length)];
            svg.Append(Invariant($"""<path class="mark" style="fill:{Theme.Colour(line.Colour)}" transform="translate({across:0.#} {down:0.#})" d="{Mark(line.Colour)}"/>"""));
        }
    }

    private static string Mark(int index) => (index % Theme.Marks) switch
    {
        0 => "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z",
        1 => "M-4 -4h8v8h-8z",
        2 => "M0 -5l5 9h-10z",
        3 => "M0 -5.5l5 5.5l-5 5.5l-5 -5.5z",
        _ => "M0 5l5 -9h-10z",
    };

    private IEnumerable<(double x, double y)> Shown(Line line) =>
        line.Points.Where(point => x.Has(point.X) && y.Has(point.Y)).Select(point => (Across(point.X), Down(point.Y)));

    /// <summary>The names of the lines at their ends, apart from each other.</summary>
    private void DrawLabels(StringBuilder svg)
    {
        var ends = lines.Where(line => line.Label.Length > 0 && Shown(line).Any()).Select(line => (line, end: Shown(line).Last())).OrderBy(label => label.end.y).ToList();
        var places = Apart([.. ends.Select(label => label.end.y)], Top - 4, height - Bottom + 6);
        for (var i = 0; i < ends.Count; i++)
        {
            var ((line, end), column) = (ends[i], width - right + LabelGap);
            var colour = Theme.Colour(line.Colour);
            svg.Append(Invariant($"""<path class="leader" style="stroke:{colour}" d="M{end.x + 2:0.#} {end.y:0.#}L{Math.Max(column - LabelGap + 2, end.x):0.#} {(end.x < width - right - 4 ? places[i] : end.y):0.#}L{column - 3:0.#} {places[i]:0.#}"/>"""));
            svg.Append(Invariant($"""<text class="end" style="fill:{colour}" x="{column:0.#}" y="{places[i] + 4:0.#}">{Text(line.Label)}</text>"""));
        }
    }

    /// <summary>Moves places, in ascending order, apart: down where they are too close, then up where they left the range.</summary>
    private static double[] Apart(double[] places, double least, double most)
    {
        for (var i = 0; i < places.Length; i++)
            places[i] = Math.Max(places[i], i == 0 ? least : places[i - 1] + LabelSpacing);
        for (var i = places.Length - 1; i >= 0; i--)
            places[i] = Math.Min(places[i], i == places.Length - 1 ? most : places[i + 1] - LabelSpacing);
        return places;
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
