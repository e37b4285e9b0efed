using System.Runtime.CompilerServices;
using TorchOptimExt.Tests.PublicApi;

namespace TorchOptimExt.Orleans.Tests;

public class PublicApiTests
{
    [Fact]
    public void Public_API_is_the_reviewed_one() => PublicSurface.Matches(typeof(ElasticSearch).Assembly, Approved());

    [Fact]
    public void Public_API_is_documented() => Documentation.IsComplete(typeof(ElasticSearch).Assembly);

    private static string Approved([CallerFilePath] string here = "") =>
        Path.Combine(Path.GetDirectoryName(here)!, "..", "PublicApi", "TorchOptimExt.Orleans.txt");
}
