using CompareOptimizers.Registry;
using CompareOptimizers.Surfaces;
using static TorchSharp.torch;

namespace Samples.Tests;

public class SurfacesTests
{
    public static TheoryData<string> Optimizers => [.. Contenders.All.Select(contender => contender.Name)];

    public static TheoryData<string> Surfaces => [.. Surface.All.Select(surface => surface.Name)];

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void Every_path_ends_lower_than_it_began(string optimizer)
    {
        var subject = Assert.Single(Settings.OfEach, subject => subject.Title == optimizer);
        foreach (var surface in new[] { Surface.Rosenbrock, Surface.Valley })
        {
            var trails = new Descent(steps: 40, CancellationToken.None).Draw(subject, surface).Trails;
            Assert.Equal(subject.Settings.Select(setting => setting.Name), trails.Select(trail => trail.Setting.Name));
            Assert.All(trails, trail => Assert.InRange(trail.FinalGap, 0, trail.Gaps[0] / 4));
        }
    }

    [Theory]
    [MemberData(nameof(Surfaces))]
    public void Minima_are_minima(string name)
    {
        var surface = Surface.All.Single(surface => surface.Name == name);
        Assert.All(Heights(surface, surface.Minima), height => Assert.Equal(surface.Least, height, 1e-9));
    }

    [Fact]
    public void The_documentation_shows_a_picture_of_each_optimizer_and_each_surface()
    {
        var docs = Path.Combine(Repository(), "docs");
        var text = string.Concat(Directory.GetFiles(docs, "*.md").Select(File.ReadAllText));
        foreach (var picture in Contenders.All.Select(contender => contender.Name).Concat(Surface.All.Select(surface => $"all-on-{surface.Name.ToLowerInvariant()}")))
        {
            Assert.Contains($"](pictures/{picture}.svg)", text);
            Assert.InRange(new FileInfo(Path.Combine(docs, "pictures", $"{picture}.svg")).Length, 1, 200_000);
        }
    }

    private static double[] Heights(Surface surface, IReadOnlyList<(double x, double y)> points)
    {
        using var scope = NewDisposeScope();
        return [.. surface.Formula(tensor(points.Select(point => point.x).ToArray()), tensor(points.Select(point => point.y).ToArray())).data<double>()];
    }

    private static string Repository()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "TorchOptimExt.sln")))
            folder = Path.GetDirectoryName(folder)!;
        return folder;
    }
}
