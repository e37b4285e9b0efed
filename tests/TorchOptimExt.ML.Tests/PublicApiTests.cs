using System.Runtime.CompilerServices;
using TorchOptimExt.Tests.PublicApi;

namespace TorchOptimExt.ML.Tests;

public class PublicApiTests
{
    [Fact]
    public void Public_API_is_the_reviewed_one() => PublicSurface.Matches(typeof(TorchCatalog).Assembly, Approved());

    [Fact]
    public void Public_API_is_documented() => Documentation.IsComplete(typeof(TorchCatalog).Assembly);

    private static string Approved([CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "..", "PublicApi", "TorchOptimExt.ML.txt");
}
