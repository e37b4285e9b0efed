using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Documentation.Tests;

/// <summary>The code of a page as the program of a reader who copies it piece by piece from top to bottom into a new console application.</summary>
internal static class PageProgram
{
    private const string ImplicitUsings = "global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq; global using System.Threading; global using System.Threading.Tasks;";

    private static readonly CSharpParseOptions Language = new(LanguageVersion.CSharp14);

    // CS1701, a package built against another version of a dependency, is off in every project of the SDK, too.
    private static readonly CSharpCompilationOptions Options = new CSharpCompilationOptions(OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable)
        .WithSpecificDiagnosticOptions([new("CS1701", ReportDiagnostic.Suppress)]);

    private static readonly MetadataReference[] References =
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(path => MetadataReference.CreateFromFile(path))];

    /// <summary>Compiles a page's code behind what the page takes as given, which <c>Given/PAGE.csx</c> says.</summary>
    /// <returns>The program and what the compiler complains about.</returns>
    public static (MethodInfo? main, string[] complaints) Compile(Page page) => Compile(Path.GetFileNameWithoutExtension(page.Name), page.Name, page.Code);

    /// <summary>Compiles pieces of code behind what <c>Given/GIVEN.csx</c> says.</summary>
    /// <returns>The program and what the compiler complains about.</returns>
    public static (MethodInfo? main, string[] complaints) Compile(string given, string name, IEnumerable<(int line, string code)> code)
    {
        var pieces = Given(given).Concat(code.Select(piece => Parse(piece.line, piece.code, name))).ToList();
        var compilation = CSharpCompilation.Create($"Page_{Guid.NewGuid():N}", [Parse(ImplicitUsings), .. Trees(pieces)], References, Options);
        using var image = new MemoryStream();
        var result = compilation.Emit(image);
        image.Position = 0;
        return (result.Success ? AssemblyLoadContext.Default.LoadFromStream(image).EntryPoint : null,
            [.. result.Diagnostics.Where(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning).Select(diagnostic => diagnostic.ToString())]);
    }

    /// <summary>What the compiler says of a program by itself, in a version of the language.</summary>
    public static IEnumerable<Diagnostic> Complaints(string program, LanguageVersion version) =>
        CSharpCompilation.Create("Program", [CSharpSyntaxTree.ParseText(program, new CSharpParseOptions(version))], References, Options).GetDiagnostics();

    private static IEnumerable<CompilationUnitSyntax> Given(string name)
    {
        var path = Page.Beside($"Given/{name}.csx");
        return File.Exists(path) ? [Parse(1, File.ReadAllText(path), path)] : [];
    }

    private static CompilationUnitSyntax Parse(int line, string code, string file) =>
        (CompilationUnitSyntax)Parse($"#line {line} \"{file}\"\n{code}\n").GetRoot();

    private static SyntaxTree Parse(string code) => CSharpSyntaxTree.ParseText(code, Language);

    // Files of their own where a piece declares its namespace; all else in one file: usings, then statements, then types.
    private static IEnumerable<SyntaxTree> Trees(List<CompilationUnitSyntax> pieces)
    {
        var files = pieces.Where(piece => piece.Members.Any(SyntaxKind.FileScopedNamespaceDeclaration)).ToList();
        var rest = pieces.Except(files).ToList();
        var usings = rest.SelectMany(piece => piece.Usings).DistinctBy(directive => directive.WithoutTrivia().ToString());
        var members = rest.SelectMany(piece => piece.Members).OrderBy(member => member is not GlobalStatementSyntax);
        string[] program = [.. usings.Select(directive => directive.WithoutTrivia().ToFullString()), .. members.Select(Located)];
        return files.Select(file => Parse(file.ToFullString())).Append(Parse(string.Join('\n', program)));
    }

    private static string Located(MemberDeclarationSyntax member)
    {
        var place = member.GetLocation().GetMappedLineSpan();
        return $"#line {place.StartLinePosition.Line + 1} \"{place.Path}\"\n{member.WithoutTrivia().ToFullString()}";
    }
}
