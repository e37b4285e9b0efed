using System.Runtime.CompilerServices;
using TorchOptimExt.Tests.PublicApi;

namespace TorchOptimExt.Tests;

public class PublicApiTests
{
    [Fact]
    public void Public_API_is_the_reviewed_one() => PublicSurface.Matches(typeof(OptimExtensions).Assembly, Approved());

    [Fact]
    public void Public_API_is_documented() => Documentation.IsComplete(typeof(OptimExtensions).Assembly);

    private static string Approved([CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "..", "PublicApi", "TorchOptimExt.txt");
}
