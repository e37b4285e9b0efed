using System.Runtime.CompilerServices;
using TorchOptimExt.Tests.PublicApi;

namespace TorchOptimExt.Mpi.Tests;

public class PublicApiTests
{
    [Fact]
    public void Public_API_is_the_reviewed_one() => PublicSurface.Matches(typeof(World).Assembly, Approved());

    [Fact]
    public void Public_API_is_documented() => Documentation.IsComplete(typeof(World).Assembly);

    private static string Approved([CallerFilePath] string here = "") =>
        Path.Combine(Path.GetDirectoryName(here)!, "..", "PublicApi", "TorchOptimExt.Mpi.txt");
}
