using TorchOptimExt.Tests.TestFunctions;
using static TorchOptimExt.Tests.LineSearch.Objectives;
using static TorchSharp.torch;

namespace TorchOptimExt.Tests.LineSearch;

public class ArmijoNewtonTests
{
    public static TheoryData<string> All => [.. Functions.All.Select(f => f.Name)];

    [Theory, MemberData(nameof(All))]
    public void Converges_from_every_start(string name)
    {
        var function = Functions.All.Single(f => f.Name == name);
        foreach (var start in function.Starts)
        {
            var x = TestFunction.At(start);
            using var optimizer = optim.ArmijoNewton([x], tolerance_grad: 1e-8, tolerance_change: 0);
            var last = Minimize(optimizer, Closure(function, x), 200);
            Assert.True(last.Outcome == LineSearchOutcome.Converged && !last.Moved, last.ToString());
            Assert.Equal(function.Minimum, last.After, 1e-9);
        }
    }
}
