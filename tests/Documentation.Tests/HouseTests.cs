using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Documentation.Tests;

/// <summary>The picture in CONTRIBUTING.md is the house: an arrow is a folder that names types of another.</summary>
public partial class HouseTests
{
    private const string Top = "TorchOptimExt";

    private static readonly string Root = Path.Combine(Page.Root, "src", Top);

    private static readonly HashSet<(string from, string to)> Drawn = [.. Arrows(File.ReadAllText(Path.Combine(Page.Root, "CONTRIBUTING.md")))];

    private static readonly HashSet<(string from, string to)> Built = [.. Named()];

    [Fact]
    public void The_code_follows_the_arrows() =>
        Assert.All(Built, arrow => Assert.True(Reachable(arrow.from).Contains(arrow.to),
            $"{arrow.from} names types of {arrow.to}; the picture has no way there."));

    [Fact]
    public void The_arrows_do_not_go_round() => Assert.All(Drawn, arrow => Assert.DoesNotContain(arrow.from, Reachable(arrow.to)));

    [Fact]
    public void Every_folder_is_in_the_picture() =>
        Assert.Superset(Directory.EnumerateDirectories(Root).Select(folder => Path.GetFileName(folder)!).ToHashSet(),
            Drawn.SelectMany(arrow => new[] { arrow.from, arrow.to }).ToHashSet());

    private static IEnumerable<(string, string)> Arrows(string page) =>
        from line in page.Split("```mermaid")[1].Split("```")[0].Split('\n')
        let ends = Arrow().Match(line)
        where ends.Success
        from source in ends.Groups[1].Value.Split(" & ")
        from target in ends.Groups[2].Value.Split(" & ")
        select (source, target);

    private static HashSet<string> Reachable(string from)
    {
        var reached = new HashSet<string>();
        void Follow(string room)
        {
            foreach (var (_, to) in Drawn.Where(arrow => arrow.from == room))
                if (reached.Add(to)) Follow(to);
        }
        Follow(from);
        return reached;
    }

    private static IEnumerable<(string, string)> Named()
    {
        var language = new CSharpParseOptions(LanguageVersion.CSharp14);
        var trees = Directory.EnumerateFiles(Root, "*.cs", SearchOption.AllDirectories)
            .Select(file => CSharpSyntaxTree.ParseText(File.ReadAllText(file), language, file)).ToList();
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => !Path.GetFileName(path).StartsWith(Top, StringComparison.Ordinal)).Select(path => MetadataReference.CreateFromFile(path));
        var compilation = CSharpCompilation.Create("house", trees, references, new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        return from tree in trees
               let model = compilation.GetSemanticModel(tree)
               from name in tree.GetRoot().DescendantNodes().OfType<SimpleNameSyntax>()
               where !name.Ancestors().OfType<UsingDirectiveSyntax>().Any()
               let symbol = model.GetSymbolInfo(name).Symbol
               let type = symbol as INamedTypeSymbol ?? symbol?.ContainingType
               let source = type?.OriginalDefinition.DeclaringSyntaxReferences.FirstOrDefault()?.SyntaxTree.FilePath
               where source is not null
               where Room(tree.FilePath) != Room(source)
               select (Room(tree.FilePath), Room(source));
    }

    private static string Room(string file) =>
        Path.GetRelativePath(Root, Path.GetDirectoryName(file)!) is var folder && folder == "." ? Top : folder;

    [GeneratedRegex(@"^\s*([\w .&]+?) --> ([\w .&]+)$")]
    private static partial Regex Arrow();
}
