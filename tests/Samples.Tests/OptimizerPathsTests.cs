using OptimizerPaths;
using static TorchSharp.torch;

namespace Samples.Tests;

public class OptimizerPathsTests
{
    [Fact]
    public void Every_path_ends_lower_than_it_began_and_every_picture_is_documented()
    {
        var guide = File.ReadAllText(Path.Combine(Repository(), "docs", "optimizers.md"));
        foreach (var picture in Pictures.All)
        {
            Assert.Contains($"(pictures/{picture.Name}.svg)", guide);
            Assert.True(File.Exists(Path.Combine(Repository(), "docs", "pictures", $"{picture.Name}.svg")));
            var paths = Landscape.Both.Select(landscape => picture.Contenders.Select(contender => Descent.Run(contender, landscape)).ToList()).ToList();
            for (var k = 0; k < paths.Count; k++)
                foreach (var path in paths[k]) Assert.InRange(path.Value, 0, At(Landscape.Both[k], Landscape.Both[k].Start) / 5);
            var svg = System.Xml.Linq.XDocument.Parse(Drawing.Svg(picture, paths)).Root!;
            Assert.Equal(2, svg.Descendants().Count(e => e.Name.LocalName == "circle"));
        }
    }

    [Fact]
    public void Level_lines_lie_on_their_level_and_do_not_end_inside()
    {
        foreach (var landscape in Landscape.Both)
        {
            var (left, right, bottom, top) = landscape.Window;
            var lines = Contours.Of(landscape, 20).ToList();
            Assert.NotEmpty(lines);
            foreach (var line in lines)
            {
                foreach (var point in line) Assert.InRange(At(landscape, point), 15, 25);       // straight between the corners of a cell
                Assert.True(line[0] == line[^1] || (OnFrame(line[0]) && OnFrame(line[^1])));
            }

            bool OnFrame((double x, double y) p) => Near(p.x, left) || Near(p.x, right) || Near(p.y, bottom) || Near(p.y, top);
        }

        static bool Near(double a, double b) => Math.Abs(a - b) < 1e-9;
    }

    [Fact]
    public void A_folder_that_cannot_be_written_is_named_in_one_line()
    {
        using var file = new TemporaryFile();
        var ended = SampleProcess.Run("OptimizerPaths", Path.Combine(file.Name, "pictures"));
        Assert.Equal(2, ended.ExitCode);
        Assert.Contains(file.Name, Assert.Single(ended.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)));
    }

    private static double At(Landscape landscape, (double x, double y) point)
    {
        using var scope = NewDisposeScope();
        return landscape.Value(tensor(point.x, float64), tensor(point.y, float64)).data<double>()[0];
    }

    private static string Repository()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "TorchOptimExt.sln"))) folder = Path.GetDirectoryName(folder)!;
        return folder;
    }

    private sealed class TemporaryFile : IDisposable
    {
        public string Name { get; } = Path.GetTempFileName();

        public void Dispose() => File.Delete(Name);
    }
}
