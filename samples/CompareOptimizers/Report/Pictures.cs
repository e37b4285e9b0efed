using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using PuppeteerSharp;

namespace CompareOptimizers.Report;

/// <summary>The figures of a report as SVG images, drawn by the browser.</summary>
internal static partial class Pictures
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    private sealed record Drawn(string Picture, int Width, int Height, string Svg);

    /// <summary>Each picture's name and image; figures of one name are side by side in it.</summary>
    public static async Task<IReadOnlyList<(string name, string svg)>> Of(IPage page) =>
        [.. (await page.EvaluateExpressionAsync<Drawn[]>("pictures()")).GroupBy(drawn => drawn.Picture).Select(group => (group.Key, SideBySide([.. group])))];

    private static string SideBySide(Drawn[] figures)
    {
        var (width, height) = (figures.Sum(figure => figure.Width), figures.Max(figure => figure.Height));
        var image = new XElement(Svg + "svg", new XAttribute("width", width), new XAttribute("height", height), new XAttribute("viewBox", Invariant($"0 0 {width} {height}")));
        for (var i = 0; i < figures.Length; i++)
        {
            var figure = XElement.Parse(figures[i].Svg);
            foreach (var path in figure.Descendants().Attributes("d")) path.Value = Digits().Replace(Straight().Replace(path.Value, "L$1"), "$1");
            figure.SetAttributeValue("x", figures.Take(i).Sum(before => before.Width));
            image.Add(figure);
        }
        return image.ToString(SaveOptions.DisableFormatting) + "\n";
    }

    /// <summary>More digits than a tenth of a pixel needs.</summary>
    [GeneratedRegex(@"(\.\d)\d+")]
    private static partial Regex Digits();

    /// <summary>A curve: all of a contour's are straight, for its smoothing is off.</summary>
    [GeneratedRegex(@"[CQ](?:\S+ )+?(\S+?)(?=[A-Z]|$)")]
    private static partial Regex Straight();

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
