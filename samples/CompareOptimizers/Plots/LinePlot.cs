using System.Text;

namespace CompareOptimizers.Plots;

/// <summary>A plot of lines.</summary>
internal sealed class LinePlot(string title, Axis x, Axis y, IReadOnlyList<Line> lines, double width = 640, double height = 400) : Plot(title, width)
{
    private const double Top = 40, Bottom = 48, Left = 62, Right = 16;
    private const double LabelGap = 14, LabelSpacing = 15, WidthOfLetter = 9.4, Overhang = 6, ListGap = 4, ListSpacing = 18, ListSample = 22;

    private double RightMargin => Right + (ListsNames || lines.All(line => line.Label.Length == 0) ? 0 : LabelGap + WidthOfLetter * lines.Max(line => line.Label.Length));

    public override double Height => height + (ListsNames ? ListGap + ListSpacing * lines.Count : 0);

    /// <summary>Lines of equal height, from the lowest; of each height there may be several.</summary>
    public IReadOnlyList<IReadOnlyList<IReadOnlyList<(double x, double y)>>> Contours { get; init; } = [];

    /// <summary>Where the lines begin, shown as a ring.</summary>
    public (double x, double y)? Start { get; init; }

    /// <summary>Points to find, shown as crosses.</summary>
    public IReadOnlyList<(double x, double y)> Targets { get; init; } = [];

    /// <summary>Whether the names are a list below the plot, rather than at the ends of the lines.</summary>
    public bool ListsNames { get; init; }

    public override void DrawTo(StringBuilder svg)
    {
        svg.Append(Invariant($"""<text class="title" x="{Left}" y="22">{Text(Title)}</text>"""));
        DrawAxes(svg);
        DrawLines(svg);
        if (ListsNames)
            DrawList(svg);
        else
            DrawLabels(svg);
    }

    private double Across(double value) => Left + x.At(value) * (Width - Left - RightMargin);

    private double Down(double value) => height - Bottom - y.At(value) * (height - Top - Bottom);

    private void DrawAxes(StringBuilder svg)
    {
        foreach (var (value, text) in y.Ticks())
        {
            svg.Append(Invariant($"""<path class="grid" d="M{Left} {Down(value):0.#}H{Width - RightMargin:0.#}"/>"""));
            svg.Append(Invariant($"""<text class="tick" x="{Left - 8}" y="{Down(value) + 4:0.#}" text-anchor="end">{Text(text)}</text>"""));
        }
        foreach (var (value, text) in x.Ticks())
        {
            svg.Append(Invariant($"""<path class="axis" d="M{Across(value):0.#} {height - Bottom}v5"/>"""));
            svg.Append(Invariant($"""<text class="tick" x="{Across(value):0.#}" y="{height - Bottom + 19}" text-anchor="middle">{Text(text)}</text>"""));
        }
        svg.Append(Invariant($"""<path class="axis" d="M{Left} {height - Bottom}H{Width - RightMargin:0.#}"/>"""));
        svg.Append(Invariant($"""<text class="tick" x="{(Left + Width - RightMargin) / 2:0.#}" y="{height - 9}" text-anchor="middle">{Text(x.Title)}</text>"""));
        svg.Append(Invariant($"""<text class="tick" transform="translate(15 {(Top + height - Bottom) / 2:0.#}) rotate(-90)" text-anchor="middle">{Text(y.Title)}</text>"""));
    }

    private void DrawLines(StringBuilder svg)
    {
        var (left, top, across, down) = (Left - Overhang, Top - Overhang, Width - Left - RightMargin + 2 * Overhang, height - Top - Bottom + 2 * Overhang);
        svg.Append(Invariant($"""<svg x="{left}" y="{top}" width="{across:0.#}" height="{down:0.#}" viewBox="{left} {top} {across:0.#} {down:0.#}">""")); // clips
        for (var level = 0; level < Contours.Count; level++)
            DrawContour(svg, level);
        for (var i = 0; i < lines.Count; i++)
            Draw(svg, lines[i], i);
        if (Start is { } start)
            svg.Append(Invariant($"""<circle class="target" cx="{Across(start.x):0.#}" cy="{Down(start.y):0.#}" r="5"/>"""));
        foreach (var (px, py) in Targets)
            svg.Append(Invariant($"""<path class="target" d="M{Across(px):0.#} {Down(py):0.#}m-6 0h12m-6 -6v12"/>"""));
        svg.Append("</svg>");
    }

    private void DrawContour(StringBuilder svg, int level)
    {
        var opacity = 0.25 + 0.5 * (Contours.Count - level) / Contours.Count;
        svg.Append(Invariant($"""<path class="contour" opacity="{opacity:0.##}" """)).Append("d=\"");
        foreach (var line in Contours[level])
            svg.Append('M').Append(SvgPath.Through(SvgPath.WithoutStraightOn([.. line.Select(point => (Across(point.x), Down(point.y)))])));
        svg.Append("\"/>");
    }

    private void Draw(StringBuilder svg, Line line, int index)
    {
        (double x, double y)[] points = [.. Shown(line)];
        if (points.Length == 0)
            return;
        var kind = line.Stroke switch { Stroke.Dashed => " dashed", Stroke.Band => " band", _ => "" };
        svg.Append(Invariant($"""<polyline class="line{kind} {Theme.Colour(line.Colour)}" points="{SvgPath.Through(points)}"><title>{Text(line.Label)}</title></polyline>"""));
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
            svg.Append(Invariant($"""<path class="mark {Theme.Colour(line.Colour)}" transform="translate({across:0.#} {down:0.#})" d="{Mark(line.Colour)}"/>"""));
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
        var ends = lines.Where(line => line.Label.Length > 0 && Shown(line).Any()).Select(line => (line, end: End(line))).OrderBy(label => label.end.y).ToList();
        var places = Apart([.. ends.Select(label => label.end.y)], Top - 4, height - Bottom + 6);
        for (var i = 0; i < ends.Count; i++)
        {
            var ((line, end), column) = (ends[i], Width - RightMargin + LabelGap);
            var colour = Theme.Colour(line.Colour);
            svg.Append(Invariant($"""<path class="leader {colour}" d="M{end.x + 2:0.#} {end.y:0.#}L{Math.Max(column - LabelGap + 2, end.x):0.#} {(end.x < Width - RightMargin - 4 ? places[i] : end.y):0.#}L{column - 3:0.#} {places[i]:0.#}"/>"""));
            svg.Append(Invariant($"""<text class="end {colour}" x="{column:0.#}" y="{places[i] + 4:0.#}">{Text(line.Label)}</text>"""));
        }
    }

    /// <summary>Where a line ends, or leaves the plot.</summary>
    private (double x, double y) End(Line line)
    {
        var (across, down) = Shown(line).Last();
        return (across, Math.Clamp(down, Top, height - Bottom));
    }

    private void DrawList(StringBuilder svg)
    {
        for (var i = 0; i < lines.Count; i++)
        {
            var (line, down, colour) = (lines[i], height + ListGap + i * ListSpacing, Theme.Colour(lines[i].Colour));
            svg.Append(Invariant($"""<path class="line {colour}" d="M{Left} {down}h{ListSample}"/><path class="mark {colour}" transform="translate({Left + ListSample / 2} {down})" d="{Mark(line.Colour)}"/>"""));
            svg.Append(Invariant($"""<text class="end {colour}" x="{Left + ListSample + 8}" y="{down + 4}">{Text(line.Label)}</text>"""));
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
}
