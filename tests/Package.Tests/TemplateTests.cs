namespace Package.Tests;

/// <summary>A project from a template of the packed packages trains as it is.</summary>
[Collection(PackedPackages.Collection)]
public class TemplateTests(PackedPackages packages)
{
    [Theory]
    [InlineData("torchoptim-loop", "Digits", "digits.ckpt")]
    [InlineData("torchoptim-mlnet", "Irises", "iris.zip")]
    public void Its_project_trains_and_says_that_it_has_learned(string template, string name, string saved)
    {
        var (hive, project) = (packages.Folder("hive " + template), packages.Folder(name));
        var package = Path.Combine(packages.Feed, $"TorchOptimExt.Templates.{PackedPackages.Version}.nupkg");
        packages.Dotnet(packages.Project, "new", "install", package, "--debug:custom-hive", hive);

        packages.Dotnet(packages.Project, "new", template, "-o", project, "--debug:custom-hive", hive);
        var output = packages.Dotnet(project, "run");

        Assert.True(File.Exists(Path.Combine(project, name + ".csproj")));
        Assert.Contains("It has learned", output);
        Assert.True(File.Exists(Path.Combine(project, saved)));
        Assert.InRange(File.ReadLines(Path.Combine(project, "Program.cs")).Count(), 30, 60);
    }
}
