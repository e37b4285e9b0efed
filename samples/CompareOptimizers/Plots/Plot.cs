using System.Globalization;
using System.Net;
using System.Text;

namespace CompareOptimizers.Plots;

/// <summary>A plot that can be drawn as SVG, with the colours of <see cref="Theme"/>.</summary>
/// <param name="title">What it shows.</param>
/// <param name="width">In pixels, where it is not scaled.</param>
internal abstract class Plot(string title, double width)
{
    public string Title => title;

    public double Width => width;

    public abstract double Height { get; }

    /// <summary>The image, to be part of an HTML page that has the styles of <see cref="Theme"/>.</summary>
    public string ToSvg()
    {
        var svg = new StringBuilder();
        svg.Append(Invariant($"""<svg class="plot" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {Height}" role="img" aria-label="{Text(Title)}">"""));
        DrawTo(svg);
        return svg.Append("</svg>\n").ToString();
    }

    /// <summary>Adds what is in the image.</summary>
    public abstract void DrawTo(StringBuilder svg);

    protected static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    protected static string Text(string text) => WebUtility.HtmlEncode(text);
}
