using System.Xml.Linq;
using CompareOptimizers.Report;
using PuppeteerSharp;

namespace Samples.Tests;

public sealed class ReportInBrowserTests(OpenReport report) : IClassFixture<OpenReport>
{
    private sealed record Shown(string Picture, string[] Expected, string[] Drawn);

    private sealed record Tone(string Of, double[] Colour, double[] Ground);

    [BrowserFact]
    public void It_asks_for_nothing_but_itself_and_complains_of_nothing()
    {
        Assert.Equal([new Uri(report.Report).AbsoluteUri], report.Requests);
        Assert.Empty(report.Complaints);
    }

    [BrowserFact]
    public async Task Every_series_is_drawn()
    {
        var shown = await report.Page.EvaluateExpressionAsync<Shown[]>("""
            figures.map(figure => ({
              picture: figure.dataset.picture,
              expected: JSON.parse(figure.nextElementSibling.textContent).data.filter(trace => trace.x.some(x => x !== null) && trace.mode !== 'text').map(trace => trace.name ?? ''),
              drawn: [...figure.querySelectorAll('.scatterlayer .trace')].filter(trace => trace.querySelector('path')).map(trace => trace.__data__[0].trace.name.replace(/^trace .*/, '')),
            }))
            """);

        Assert.Contains("mini-batches", shown.Select(figure => figure.Picture));
        Assert.Contains("ArmijoGD-loss", shown.Select(figure => figure.Picture));
        Assert.All(shown, figure => Assert.NotEmpty(figure.Expected));
        Assert.All(shown, figure => Assert.Equal(figure.Expected.Order(), figure.Drawn.Order()));
    }

    [BrowserFact]
    public async Task A_click_on_the_legend_hides_a_series_of_all_cells_and_the_other_scheme_keeps_it_hidden()
    {
        const string hidden = "figures.find(figure => figure.dataset.picture === 'mini-batches').data.filter(trace => trace.visible === 'legendonly').map(trace => trace.name)";
        Assert.Empty(await report.Page.EvaluateExpressionAsync<string[]>(hidden));

        await ClickLegend(until: $"{hidden}.length > 0"); // the first entry: the reference
        var names = await report.Page.EvaluateExpressionAsync<string[]>(hidden);
        Assert.Equal(["reference", "reference", "reference"], names); // the legend's, SGD's and Adam's

        await Scheme("dark");
        Assert.Equal(names, await report.Page.EvaluateExpressionAsync<string[]>(hidden));
        await ClickLegend(until: $"{hidden}.length === 0");
    }

    // WCAG 2.2, success criteria 1.4.3 and 1.4.11: 4.5 for text, 3 for what a graph is understood by.
    [BrowserFact]
    public async Task Texts_and_lines_can_be_read_in_both_schemes()
    {
        foreach (var scheme in new[] { "dark", "light" })
        {
            await Scheme(scheme);
            var texts = await Tones("figure.querySelectorAll('text')", "fill");
            Assert.True(texts.Length > 100);
            Assert.All(texts, text => Assert.True(Contrast(text) >= 4.5, $"{scheme}: {text.Of} has {Contrast(text):F2}"));
            var lines = await Tones("[...figure.querySelectorAll('.scatterlayer .trace')].filter(trace => trace.__data__[0].trace.name !== 'the others' && trace.__data__[0].trace.opacity === 1).map(trace => trace.querySelector('.js-line')).filter(line => line)", "stroke");
            Assert.True(lines.Length > 10);
            Assert.All(lines, line => Assert.True(Contrast(line) >= 3, $"{scheme}: {line.Of} has {Contrast(line):F2}"));
            var ground = Luminance(texts[0].Ground);
            Assert.True(scheme == "dark" ? ground < 0.05 : ground > 0.9);
        }
    }

    [BrowserFact]
    public async Task Its_pictures_are_images_with_all_names()
    {
        var pictures = await Pictures.Of(report.Page);

        var cells = XDocument.Parse(Assert.Single(pictures, picture => picture.name == "mini-batches").svg).Root!;
        Assert.Equal("0 0 1120 ", ((string)cells.Attribute("viewBox")!)[..9]);
        Assert.Superset(new HashSet<string> { "SGD", "Adam", "ours", "reference", "steps", "loss" }, Texts(cells));
        var times = XDocument.Parse(Assert.Single(pictures, picture => picture.name == "step-times").svg).Root!;
        Assert.Superset(new HashSet<string> { "SGD", "Adam", "Rprop", "ours", "TorchSharp's", "milliseconds" }, Texts(times));
    }

    private static HashSet<string> Texts(XElement svg) => [.. svg.Descendants().Where(element => element.Name.LocalName is "text").Select(element => element.Value)];

    /// <summary>Where the machine is so busy that the page moves under the mouse, a click can miss.</summary>
    private async Task ClickLegend(string until)
    {
        for (var tries = 5; ; tries--)
            try
            {
                await report.Page.ClickAsync("[data-picture='mini-batches'] .legendtoggle");
                await report.Page.WaitForExpressionAsync(until, new() { Timeout = 10_000 });
                return;
            }
            catch (WaitTaskTimeoutException) when (tries > 1)
            {
            }
    }

    private async Task Scheme(string scheme)
    {
        await report.Page.EmulateMediaFeaturesAsync([new() { MediaFeature = MediaFeature.PrefersColorScheme, Value = scheme }]);
        await report.Page.WaitForFunctionAsync("scheme => figures.every(figure => figure._fullLayout.paper_bgcolor === theme.colours[scheme].panel)", scheme);
        await report.Page.EvaluateExpressionAsync("drawn.then(() => true)");
    }

    private Task<Tone[]> Tones(string elements, string property) => report.Page.EvaluateExpressionAsync<Tone[]>($$"""
        figures.flatMap(figure => [...{{elements}}].map(element => ({
          of: figure.dataset.picture + ': ' + (element.textContent || element.__data__?.[0]?.trace?.name || element.className.baseVal),
          colour: getComputedStyle(element).{{property}}.match(/[\d.]+/g).map(Number),
          ground: getComputedStyle(figure.querySelector('.main-svg')).backgroundColor.match(/[\d.]+/g).map(Number),
        })))
        """);

    private static double Contrast(Tone tone)
    {
        var (a, b) = (Luminance(tone.Colour), Luminance(tone.Ground));
        return (Math.Max(a, b) + 0.05) / (Math.Min(a, b) + 0.05);
    }

    private static double Luminance(double[] colour)
    {
        double[] linear = [.. colour.Take(3).Select(part => part / 255).Select(part => part <= 0.04045 ? part / 12.92 : Math.Pow((part + 0.055) / 1.055, 2.4))];
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
    }
}
