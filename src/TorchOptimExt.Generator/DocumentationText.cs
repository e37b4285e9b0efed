using System.Xml.Linq;
using Microsoft.CodeAnalysis;

namespace TorchOptimExt.Generator;

/// <summary>Parts of documentation comments, as XML.</summary>
internal static class DocumentationText
{
    /// <summary>The inside of a summary; empty where there is none.</summary>
    internal static string Summary(ISymbol symbol) => Element(symbol) is { } summary ? Inside(summary) : "";

    /// <summary>What a summary says before its first block of code.</summary>
    internal static string FirstSentences(ISymbol symbol)
    {
        if (Element(symbol) is not { } summary) return "";
        var code = summary.Element("code");
        code?.NodesAfterSelf().ToList().ForEach(node => node.Remove());
        code?.Remove();
        return Inside(summary);
    }

    /// <summary>All elements of a documentation comment, each on one line, with the argument that it is of.</summary>
    internal static IEnumerable<(string name, string? argument, string xml)> Elements(ISymbol symbol) =>
        Comment(symbol)?.Elements().Select(e => (e.Name.LocalName, e.Attribute("name")?.Value,
            OneLine(e.ToString(SaveOptions.DisableFormatting)))) ?? [];

    private static XElement? Element(ISymbol symbol) => Comment(symbol)?.Element("summary");

    private static XElement? Comment(ISymbol symbol) =>
        symbol.GetDocumentationCommentXml() is { Length: > 0 } xml ? XElement.Parse(xml) : null;

    private static string Inside(XElement element) =>
        OneLine(string.Concat(element.Nodes().Select(node => node.ToString(SaveOptions.DisableFormatting))));

    private static string OneLine(string text) => string.Join(" ", text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
