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

    private static XElement? Element(ISymbol symbol)
    {
        var xml = symbol.GetDocumentationCommentXml();
        return string.IsNullOrEmpty(xml) ? null : XElement.Parse(xml).Element("summary");
    }

    private static string Inside(XElement element) =>
        string.Join(" ", string.Concat(element.Nodes().Select(node => node.ToString(SaveOptions.DisableFormatting)))
            .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
