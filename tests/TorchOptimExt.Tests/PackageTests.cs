using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace TorchOptimExt.Tests;

/// <summary>What would be published, read from the projects as they are evaluated; nothing is restored or built for it.</summary>
public class PackageTests
{
    private static readonly string[] Asked = ["PackageId", "Version", "Description", "Copyright", "EnablePackageValidation", "PackageLicenseExpression", "PackageReadmeFile", "PackageIcon", "PackageTags", "TargetFrameworks", "IncludeSymbols", "SymbolPackageFormat", "GenerateDocumentationFile", "Deterministic", "RepositoryType", "AssemblyVersion", "IsPackable"];

    [Theory]
    [InlineData("TorchOptimExt", new[] { "TorchSharp", "Microsoft.Extensions.Logging.Abstractions", "MinVer", "Microsoft.CodeAnalysis.PublicApiAnalyzers" }, new[] { "TorchOptimExt.Generator" })]
    [InlineData("TorchOptimExt.ML", new[] { "TorchSharp", "Microsoft.ML", "Microsoft.ML.OnnxConverter", "MinVer", "Microsoft.CodeAnalysis.PublicApiAnalyzers" }, new[] { "TorchOptimExt" })]
    public void Package_says_what_it_is_and_names_what_it_depends_on(string name, string[] packages, string[] projects)
    {
        using var evaluated = Evaluate(name);
        var properties = evaluated.RootElement.GetProperty("Properties");
        string Value(string property) => properties.GetProperty(property).GetString()!;
        Assert.Equal((name, "MIT", "README.md", "icon.png"), (Value("PackageId"), Value("PackageLicenseExpression"), Value("PackageReadmeFile"), Value("PackageIcon")));
        Assert.Equal(("net8.0;net10.0", "true", "snupkg", "true"), (Value("TargetFrameworks"), Value("IncludeSymbols"), Value("SymbolPackageFormat"), Value("GenerateDocumentationFile")));
        Assert.Equal(("true", "git", "1.0.0.0", "true", "true"), (Value("Deterministic"), Value("RepositoryType"), Value("AssemblyVersion"), Value("IsPackable"), Value("EnablePackageValidation")));
        Assert.All(["Version", "Description", "Copyright", "PackageTags"], property => Assert.NotEmpty(Value(property)));
        Assert.Equal(packages.Order(), Items(evaluated, "PackageReference").Order());
        Assert.Equal(projects, Items(evaluated, "ProjectReference").Select(Path.GetFileNameWithoutExtension));
        Assert.Superset(new HashSet<string?> { "README.md", "icon.png" }, Items(evaluated, "None").Select(Path.GetFileName).ToHashSet());
    }

    private static IEnumerable<string> Items(JsonDocument evaluated, string kind) =>
        evaluated.RootElement.GetProperty("Items").GetProperty(kind).EnumerateArray().Select(item => item.GetProperty("Identity").GetString()!.Replace('\\', '/'));

    private static JsonDocument Evaluate(string name, [CallerFilePath] string here = "")
    {
        var project = Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "src", name, name + ".csproj");
        ProcessStartInfo start = new("dotnet") { RedirectStandardOutput = true };
        foreach (var argument in (string[])["msbuild", project, "-nologo", "-getProperty:" + string.Join(',', Asked), "-getItem:PackageReference,ProjectReference,None"]) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, text);
        return JsonDocument.Parse(text);
    }
}
