using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Package.Tests;

/// <summary>
/// The packages as they would be published, in a folder that serves as a package source, and a new project beside it, outside the repository.
/// Its own package folder keeps these versions from the user's, where all other packages are found.
/// </summary>
public sealed class PackedPackages : IDisposable
{
    public const string Version = "0.1.0-smoke.1";

    /// <summary>The tests that share them.</summary>
    public const string Collection = "packed packages";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private readonly DirectoryInfo root = Directory.CreateTempSubdirectory("packages-");

    public PackedPackages()
    {
        Directory.CreateDirectory(Project);
        File.WriteAllText(Path.Combine(root.FullName, "nuget.config"), $"""
            <configuration>
              <config><add key="globalPackagesFolder" value="restored" /></config>
              <packageSources><add key="packed" value="feed" /></packageSources>
              <fallbackPackageFolders><add key="restored before" value="{PackageFolder.Path}" /></fallbackPackageFolders>
            </configuration>
            """);
        foreach (var name in new[] { "TorchOptimExt", "TorchOptimExt.ML", "TorchOptimExt.Orleans", "TorchOptimExt.Templates" })
            Dotnet(RepositorySource(), "pack", name, "-c", "Release", "-o", Feed, $"-p:ArtifactsPath={root.FullName}/built/", $"-p:MinVerVersionOverride={Version}");
    }

    /// <summary>The folder with the packages.</summary>
    public string Feed => Path.Combine(root.FullName, "feed");

    /// <summary>The folder of the new project.</summary>
    public string Project => Path.Combine(root.FullName, "App");

    /// <summary>A folder beside the project.</summary>
    public string Folder(string name) => Path.Combine(root.FullName, name);

    /// <summary>Writes the project: a console program that trains with the package and TorchSharp-cpu.</summary>
    public void WriteProject(string? package, string program, string framework = "net10.0")
    {
        var reference = package is null ? "" : $"""<PackageReference Include="{package}" Version="{Version}" />""";
        File.WriteAllText(Path.Combine(Project, "App.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>{framework}</TargetFramework>
                <LangVersion>14</LangVersion>
                <RollForward>Major</RollForward>
                <ImplicitUsings>enable</ImplicitUsings>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="TorchSharp-cpu" Version="{PackageFolder.TorchSharpVersion}" />
                {reference}
              </ItemGroup>
            </Project>
            """);
        File.WriteAllText(Path.Combine(Project, "Program.cs"), program);
    }

    /// <summary>Runs dotnet in a folder; it must succeed.</summary>
    public string Dotnet(string folder, params string[] arguments)
    {
        var (exitCode, output) = Run(folder, DotnetPath(), arguments);
        Assert.True(exitCode == 0, $"dotnet {string.Join(' ', arguments)}: {exitCode}\n{output}");
        return output;
    }

    /// <summary>Runs a program; its exit code, and what it wrote to both outputs.</summary>
    public (int exitCode, string output) Run(string folder, string program, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var variable in start.Environment.Keys.Where(key => key.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToList())
            start.Environment.Remove(variable); // of the build that runs these tests
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        start.Environment["DOTNET_BUNDLE_EXTRACT_BASE_DIR"] = Folder("extracted");
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        if (!Task.WaitAll([output, error], Patience))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"{program} {string.Join(' ', arguments)} does not end.");
        }
        process.WaitForExit();
        return (process.ExitCode, output.Result + error.Result);
    }

    private static string RepositorySource([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "src"));

    public static string DotnetPath() => Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";

    public void Dispose() => root.Delete(recursive: true);

    [CollectionDefinition(Collection)]
    public sealed class Shared : ICollectionFixture<PackedPackages>;
}
