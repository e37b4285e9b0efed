using System.Runtime.CompilerServices;
using Markdig;
using Markdig.Extensions.AutoIdentifiers;
using Markdig.Extensions.Tables;
using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace Documentation.Tests;

/// <summary>A page of the documentation.</summary>
internal sealed class Page
{
    private static readonly MarkdownPipeline Markdown = new MarkdownPipelineBuilder().UsePipeTables().UseAutoIdentifiers(AutoIdentifierOptions.GitHub).Build();

    private readonly MarkdownDocument document;

    private Page(string name)
    {
        Name = name;
        document = Markdig.Markdown.Parse(File.ReadAllText(Path.Combine(Root, name)), Markdown);
    }

    /// <summary>The repository's folder.</summary>
    public static string Root { get; } = Path.GetFullPath(Beside("../.."));

    /// <summary>The names of all pages, from <see cref="Root"/>.</summary>
    public static IEnumerable<string> All =>
        new[] { ".", "docs", "src/Package" }.SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Root, folder), "*.md")).Select(path => Path.GetRelativePath(Root, path).Replace('\\', '/')).Order(StringComparer.Ordinal);

    public string Name { get; }

    /// <summary>The C# on the page, and the line where each piece begins (from 1).</summary>
    public IEnumerable<(int line, string code)> Code => In("csharp");

    /// <summary>The F# on the page, and the line where each piece begins (from 1).</summary>
    public IEnumerable<(int line, string code)> FSharp => In("fsharp");

    /// <summary>The lines of what a program or the compiler says, and the sentences of code in tables.</summary>
    public IEnumerable<string> Symptoms => In("text").SelectMany(piece => piece.code.Split('\n')).Concat(document.Descendants<TableCell>()
        .SelectMany(cell => cell.Descendants<CodeInline>()).Select(code => code.Content).Where(code => code.StartsWith("The ", StringComparison.Ordinal)));

    /// <summary>What the page links to or shows.</summary>
    public IEnumerable<string> Links => document.Descendants<LinkInline>().Select(link => link.Url ?? "");

    /// <summary>The anchors of the page's headings, as GitHub makes them.</summary>
    public IEnumerable<string> Anchors => document.Descendants<HeadingBlock>().Select(heading => heading.GetAttributes().Id ?? "");

    public static Page Read(string name) => new(name);

    private IEnumerable<(int line, string code)> In(string language) =>
        document.Descendants<FencedCodeBlock>().Where(block => block.Info == language).Select(block => (block.Line + 2, block.Lines.ToString()));

    /// <summary>A path from this folder of the source.</summary>
    public static string Beside(string path, [CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, path);
}
