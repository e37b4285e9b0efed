using System.Text;

namespace CompareOptimizers.Plots;

/// <summary>Two numbers of one thing: a ring, a disc, a line between them and what is said of them.</summary>
internal sealed record Pair(string Name, double Ring, double Disc, string Remark);

/// <summary>A plot with a row for each pair.</summary>
internal sealed class PairPlot(string title, Axis axis, string ring, string disc, IReadOnlyList<Pair> pairs, double width = 880) : Plot(title, width)
{
    private const double Top = 62, Bottom = 48, Left = 130, Right = 76, RowHeight = 24, Radius = 5;
    private const int RingColour = 1, DiscColour = 0;

    public override double Height => Top + RowHeight * pairs.Count + Bottom;

    public override void DrawTo(StringBuilder svg)
    {
        svg.Append(Invariant($"""<text class="title" x="16" y="22">{Text(Title)}</text>"""));
        DrawAxis(svg);
        DrawLegend(svg, 16, ring, RingColour, hollow: true);
        DrawLegend(svg, Left + 10, disc, DiscColour, hollow: false);
        for (var i = 0; i < pairs.Count; i++)
            Draw(svg, pairs[i], Top + (i + 0.5) * RowHeight);
    }

    private double Across(double value) => Left + axis.At(value) * (Width - Left - Right);

    private void DrawAxis(StringBuilder svg)
    {
        var bottom = Height - Bottom;
        foreach (var (value, text) in axis.Ticks())
        {
            svg.Append(Invariant($"""<path class="grid" d="M{Across(value):0.#} {Top}V{bottom}"/>"""));
            svg.Append(Invariant($"""<text class="tick" x="{Across(value):0.#}" y="{bottom + 17}" text-anchor="middle">{Text(text)}</text>"""));
        }
        svg.Append(Invariant($"""<text class="tick" x="{(Left + Width - Right) / 2:0.#}" y="{Height - 10}" text-anchor="middle">{Text(axis.Title)}</text>"""));
    }

    private static void DrawLegend(StringBuilder svg, double left, string text, int colour, bool hollow)
    {
        Dot(svg, left + Radius, 44, colour, hollow);
        svg.Append(Invariant($"""<text class="end {Theme.Colour(colour)}" x="{left + 16}" y="48">{Text(text)}</text>"""));
    }

    private void Draw(StringBuilder svg, Pair pair, double down)
    {
        var (from, to) = (Across(pair.Ring), Across(pair.Disc));
        svg.Append(Invariant($"""<text x="{Left - 14}" y="{down + 4}" text-anchor="end">{Text(pair.Name)}</text>"""));
        svg.Append(Invariant($"""<path class="axis" d="M{from:0.#} {down}H{to:0.#}"/>"""));
        Dot(svg, from, down, RingColour, hollow: true);
        Dot(svg, to, down, DiscColour, hollow: false);
        svg.Append(Invariant($"""<text class="tick" x="{Math.Max(from, to) + 12:0.#}" y="{down + 4}">{Text(pair.Remark)}</text>"""));
    }

    private static void Dot(StringBuilder svg, double across, double down, int colour, bool hollow) =>
        svg.Append(Invariant($"""<circle class="{(hollow ? "ring" : "mark")} {Theme.Colour(colour)}" cx="{across:0.#}" cy="{down}" r="{Radius}"/>"""));
}
