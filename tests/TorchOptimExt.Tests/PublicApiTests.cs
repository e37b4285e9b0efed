using TorchOptimExt.Tests.PublicApi;

namespace TorchOptimExt.Tests;

public class PublicApiTests
{
    [Fact]
    public void Public_API_is_documented() => Documentation.IsComplete(typeof(OptimExtensions).Assembly);
}
