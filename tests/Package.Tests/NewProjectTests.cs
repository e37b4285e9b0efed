using System.IO.Compression;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Xml.Linq;

namespace Package.Tests;

/// <summary>A user's new project with the packed packages and nothing else: it runs as it is, however it is built.</summary>
[Collection(PackedPackages.Collection)]
public class NewProjectTests(PackedPackages packages)
{
    private const string Training = """
        using TorchOptimExt;
        using static TorchSharp.torch;

        manual_seed(1);
        var (x, y) = (rand(64, 2), rand(64, 1));
        using var model = nn.Linear(2, 1);
        using var optimizer = optim.fused.Adam(model.parameters(), lr: 0.1);
        double Loss() => nn.functional.mse_loss(model.forward(x), y).item<float>();
        var before = Loss();
        for (var step = 0; step < 50; step++)
        {
            optimizer.zero_grad();
            nn.functional.mse_loss(model.forward(x), y).backward();
            optimizer.step();
        }
        Console.WriteLine(Loss() < before ? "it has trained" : "it has not trained");
        """;

    private const string WithoutUs = """Console.WriteLine(TorchSharp.torch.ones(1).item<float>());""";

    private static readonly string Executable = OperatingSystem.IsWindows() ? "App.exe" : "App";

    private static bool SystemIsOld => OperatingSystem.IsLinux() && !OldLibstdcxx.SystemHas(OldLibstdcxx.Libstdcxx());

    [Fact]
    public void It_runs_also_after_it_failed_without_the_package_and_builds_again_in_steps()
    {
        packages.WriteProject(null, WithoutUs);
        var (exitCode, output) = packages.Run(packages.Project, PackedPackages.DotnetPath(), "run");
        Assert.Equal(!SystemIsOld, exitCode == 0);
        if (SystemIsOld) Assert.Contains("Failed to load native component LibTorchSharp", output);

        packages.WriteProject("TorchOptimExt", Training);
        Assert.Contains("it has trained", packages.Dotnet(packages.Project, "run"));

        var again = packages.Dotnet(packages.Project, "build");
        Assert.DoesNotContain("gets a copy of libLibTorchSharp.so", again); // it has it
        Assert.Contains("it has trained", packages.Dotnet(packages.Project, "run", "--no-build"));

        packages.Dotnet(packages.Project, "build", "-p:TorchSharpOldLibstdcxx=false");
        Assert.Equal(!SystemIsOld, packages.Run(packages.Project, PackedPackages.DotnetPath(), "run", "--no-build").exitCode == 0);
        Assert.Contains("it has trained", packages.Dotnet(packages.Project, "run"));
        Assert.Equal(PackageFolder.PublishedLibrary(), PackageFolder.Library());
    }

    // On a later runtime where .NET 8's is missing; the libraries are those for .NET 8 either way.
    [Fact]
    public void A_project_for_dotnet_8_takes_the_libraries_made_for_it()
    {
        packages.WriteProject("TorchOptimExt", Training + """

            Console.WriteLine(typeof(Checkpoint).Assembly.GetCustomAttributes(false).OfType<System.Runtime.Versioning.TargetFrameworkAttribute>().Single().FrameworkName);
            Console.WriteLine(optimizer.LastStepFused);
            var search = optim.WolfeLBFGS(model.parameters());
            for (var step = 0; step < 20; step++) search.step(() => nn.functional.mse_loss(model.forward(x), y));
            Checkpoint.Save("a.ckpt", model, search);
            Checkpoint.Load("a.ckpt", model, search);
            Console.WriteLine(Loss() < 0.1 ? "it has searched" : $"the search ended at {Loss()}");
            """, "net8.0");
        var output = packages.Dotnet(packages.Project, "run");
        Assert.Contains("it has trained", output);
        Assert.Contains(".NETCoreApp,Version=v8.0", output);
        Assert.Contains("True", output);
        Assert.Contains("it has searched", output);
    }

    [Fact]
    public void It_runs_where_it_is_published()
    {
        packages.WriteProject("TorchOptimExt.ML", Training);
        var folder = packages.Folder("published");

        packages.Dotnet(packages.Project, "publish", "-o", folder);

        Assert.Contains("it has trained", packages.Dotnet(folder, Path.Combine(folder, "App.dll")));
    }

    [Theory]
    [InlineData("self-contained")]
    [InlineData("single-file", "-p:PublishSingleFile=true")]
    [InlineData("all-in-one", "-p:PublishSingleFile=true", "-p:IncludeNativeLibrariesForSelfExtract=true")]
    public void It_runs_where_it_is_published_with_the_runtime(string name, params string[] options)
    {
        packages.WriteProject("TorchOptimExt", Training);
        var folder = packages.Folder(name);

        packages.Dotnet(packages.Project, ["publish", "-r", RuntimeInformation.RuntimeIdentifier, "--self-contained", "-o", folder, .. options]);

        var (exitCode, output) = packages.Run(folder, Path.Combine(folder, Executable));
        Assert.True(exitCode == 0, output);
        Assert.Contains("it has trained", output);
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData("TorchOptimExt", "TorchSharp 0.107.0, Microsoft.Extensions.Logging.Abstractions 8.0.2")]
    [InlineData("TorchOptimExt.ML", $"TorchOptimExt {PackedPackages.Version}, TorchSharp 0.107.0, Microsoft.ML 5.0.1, Microsoft.ML.OnnxConverter 0.23.1")]
    [InlineData("TorchOptimExt.Orleans",
        $"TorchOptimExt {PackedPackages.Version}, TorchSharp 0.107.0, Microsoft.Orleans.Sdk 10.4.2, Microsoft.Orleans.Server 10.4.2")]
    public void A_package_has_what_a_reader_of_it_expects(string name, string dependencies)
    {
        using var package = ZipFile.OpenRead(Path.Combine(packages.Feed, $"{name}.{PackedPackages.Version}.nupkg"));
        using var symbols = ZipFile.OpenRead(Path.Combine(packages.Feed, $"{name}.{PackedPackages.Version}.snupkg"));
        string[] files = [.. package.Entries.Select(entry => entry.FullName)];
        Assert.Superset(new HashSet<string> { "README.md", "icon.png" }, files.ToHashSet());
        foreach (var framework in new[] { "net8.0", "net10.0" })
        {
            Assert.Superset(new HashSet<string> { $"lib/{framework}/{name}.dll", $"lib/{framework}/{name}.xml" }, files.ToHashSet());
            Assert.NotNull(symbols.GetEntry($"lib/{framework}/{name}.pdb"));
            Assert.Equal("1.0.0.0", AssemblyVersion(package.GetEntry($"lib/{framework}/{name}.dll")!));
        }

        var nuspec = XDocument.Load(package.GetEntry(name + ".nuspec")!.Open());
        string? Value(string element) => nuspec.Descendants().FirstOrDefault(e => e.Name.LocalName == element)?.Value;
        Assert.Equal((PackedPackages.Version, "MIT", "README.md", "icon.png"), (Value("version"), Value("license"), Value("readme"), Value("icon")));
        foreach (var group in nuspec.Descendants().Where(e => e.Name.LocalName == "group"))
            Assert.Equal(dependencies.Split(", ").Order(), group.Elements().Select(e => $"{e.Attribute("id")!.Value} {e.Attribute("version")!.Value}").Order());
    }

    private static string AssemblyVersion(ZipArchiveEntry entry)
    {
        var file = Path.GetTempFileName();
        try
        {
            entry.ExtractToFile(file, overwrite: true);
            return AssemblyName.GetAssemblyName(file).Version!.ToString();
        }
        finally
        {
            File.Delete(file);
        }
    }
}
