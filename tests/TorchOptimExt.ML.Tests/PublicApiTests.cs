using TorchOptimExt.Tests.PublicApi;

namespace TorchOptimExt.ML.Tests;

public class PublicApiTests
{
    [Fact]
    public void Public_API_is_documented() => Documentation.IsComplete(typeof(TorchCatalog).Assembly);
}
