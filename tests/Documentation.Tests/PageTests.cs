using TorchSharp;
using Xunit.Abstractions;

namespace Documentation.Tests;

/// <summary>What the pages say can be done as they say it.</summary>
public class PageTests(ITestOutputHelper log)
{
    public static TheoryData<string> Pages => [.. Page.All];

    public static TheoryData<string> PagesWithFSharp => [.. Page.All.Where(name => Page.Read(name).FSharp.Any())];

    public static TheoryData<string> PagesWithCode => [.. Page.All.Where(name => Page.Read(name).Code.Any())];

    [Theory, MemberData(nameof(PagesWithCode))]
    public void Code_copied_from_top_to_bottom_compiles_and_runs(string name)
    {
        var (main, complaints) = PageProgram.Compile(Page.Read(name));
        Assert.True(complaints.Length == 0, string.Join('\n', complaints));
        using var folder = new WorkingFolder();
        using var scope = torch.NewDisposeScope();
        torch.manual_seed(1);
        var output = WorkingFolder.Run(main!);
        log.WriteLine(output);
        Assert.DoesNotContain("NaN", output, StringComparison.OrdinalIgnoreCase);
    }

    [Theory, MemberData(nameof(PagesWithFSharp))]
    public void FSharp_copied_from_top_to_bottom_type_checks(string name)
    {
        var complaints = FSharpScript.TypeCheck(Page.Read(name));
        Assert.True(complaints.Length == 0, complaints);
    }

    [Theory, MemberData(nameof(Pages))]
    public void Links_lead_to_files_and_headings(string name)
    {
        var page = Page.Read(name);
        foreach (var link in page.Links.Where(link => !link.Contains("://", StringComparison.Ordinal)))
        {
            var (file, anchor) = link.Split('#') is [var path, var heading] ? (path, heading) : (link, null);
            var target = file.Length == 0 ? name : Path.GetRelativePath(Page.Root, Path.Combine(Page.Root, Path.GetDirectoryName(name)!, file));
            Assert.True(File.Exists(Path.Combine(Page.Root, target)), $"{name} links to {link}");
            if (anchor is not null) Assert.Contains(anchor, Page.Read(target).Anchors);
        }
    }

    [Fact]
    public void Links_of_the_packages_readme_lead_to_the_web() =>
        Assert.All(Page.Read("src/Package/README.md").Links, link => Assert.StartsWith("https://", link));
}
