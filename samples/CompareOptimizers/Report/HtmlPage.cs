using System.Net;
using System.Text;
using CompareOptimizers.Plots;

namespace CompareOptimizers.Report;

/// <summary>A page that needs no other file: styles, scripts and data are part of it.</summary>
internal sealed class HtmlPage(string title)
{
    private readonly StringBuilder body = new();

    public HtmlPage Heading(string text, string? lead = null)
    {
        body.Append($"<h1>{Text(text)}</h1>\n");
        return lead is null ? this : Paragraph(lead, "lead");
    }

    public HtmlPage Section(string text, string? lead = null)
    {
        body.Append($"<h2>{Text(text)}</h2>\n");
        return lead is null ? this : Paragraph(lead, "note");
    }

    public HtmlPage Paragraph(string text, string kind = "")
    {
        body.Append($"<p class=\"{kind}\">{Text(text)}</p>\n");
        return this;
    }

    /// <summary>Names and values in a row.</summary>
    public HtmlPage Facts(IEnumerable<(string name, string value)> facts)
    {
        body.Append("<ul class=\"facts\">").AppendJoin("", facts.Select(fact => $"<li><b>{Text(fact.name)}</b>{Text(fact.value)}</li>")).Append("</ul>\n");
        return this;
    }

    public HtmlPage Table(ResultTable table)
    {
        body.Append("<div class=\"scroll\"><table><thead><tr>").AppendJoin("", table.Columns.Select(column => $"<th>{Text(column)}</th>")).Append("</tr></thead><tbody>\n");
        foreach (var row in table.Rows)
            body.Append("<tr>").AppendJoin("", row.Select(cell => $"<td>{Text(cell)}</td>")).Append("</tr>\n");
        body.Append("</tbody></table></div>\n");
        return this;
    }

    /// <summary>Figures side by side where there is room.</summary>
    public HtmlPage Figures(IEnumerable<Panel> panels)
    {
        body.Append("<div class=\"plots\">\n").AppendJoin("", panels.Select(Render)).Append("</div>\n");
        return this;
    }

    public override string ToString() => $"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>{Text(title)}</title>
        <style>
        {Theme.Variables}
        {Resource.Read("report.css")}</style>
        </head>
        <body><main>
        {body}</main>
        <script>{Script.Plotly}</script>
        <script>{Script.Figures}</script>
        </body>
        </html>

        """;

    private static string Render(Panel panel)
    {
        var figure = panel.Figure;
        var head = panel.Title.Length == 0 ? "" : $"<h3>{Text(panel.Title)}</h3>";
        var code = string.Concat(panel.Code.Select(line => $"<code>{Text(line)}</code><br>"));
        return $"""
            <div class="panel{(panel.Wide ? " wide" : "")}">{head}{(code.Length == 0 ? "" : $"<p class=\"code\">{code}</p>")}
            <div class="figure" style="height: {figure.Height}px" data-picture="{figure.Picture}" data-width="{figure.Width}" data-height="{figure.Height}"></div>
            <script type="application/json">{Script.ToJson(new { data = figure.Data, layout = figure.Layout })}</script>
            </div>

            """;
    }

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}

/// <summary>A figure with what is said above it.</summary>
internal sealed record Panel(Figure Figure, string Title = "", bool Wide = false, params string[] Code);
