using TorchOptimExt.LineSearch;
using TorchOptimExt.Tests.TestFunctions;
using static TorchOptimExt.Tests.LineSearch.Objectives;
using static TorchSharp.torch;

namespace TorchOptimExt.Tests.LineSearch;

public class StateTests
{
    public static TheoryData<string> All => [.. Variants.Keys];

    [Theory, MemberData(nameof(All))]
    public void A_restored_optimizer_continues_bitwise(string variant)
    {
        using var scope = NewDisposeScope();
        var x = TestFunction.At(Functions.Wood.Starts[0]);
        var optimizer = Variants[variant]([x]);
        for (var k = 0; k < 7; k++) optimizer.step(Closure(Functions.Wood, x));

        var (fromFile, fromDictionary) = (TestFunction.At(Values(x)), TestFunction.At(Values(x)));
        var (one, other) = (Variants[variant]([fromFile]), Variants[variant]([fromDictionary]));
        var file = Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString("N"));
        try
        {
            optimizer.save_state_dict(file);
            one.load_state_dict(file);
        }
        finally
        {
            File.Delete(file);
        }
        other.load_state_dict(optimizer.state_dict());
        for (var k = 0; k < 7; k++)
        {
            optimizer.step(Closure(Functions.Wood, x));
            one.step(Closure(Functions.Wood, fromFile));
            other.step(Closure(Functions.Wood, fromDictionary));
            Assert.Equal(Bits(x), Bits(fromFile));
            Assert.Equal(Bits(x), Bits(fromDictionary));
            Assert.Equal(optimizer.LastStep, one.LastStep);
            Assert.Equal(optimizer.LastStep, other.LastStep);
        }
    }

    [Fact]
    public void What_a_file_says_of_the_search_counts()
    {
        using var scope = NewDisposeScope();
        var x = TestFunction.At([1]);
        var strict = optim.ArmijoGD([x], c: 0.9, tolerance_grad: 0.5);
        var loose = optim.ArmijoGD([x]);
        loose.load_state_dict(strict.state_dict());
        loose.step(() => x.square().sum());
        Assert.Equal(0.0625, loose.LastStep!.Step);        // α ≤ (1 − c) = 0.1
        strict.load_state_dict(optim.ArmijoGD([x]).state_dict());
        x.DetachFromDisposeScope();
        for (var k = 0; k < 100 && strict.LastStep?.Outcome != LineSearchOutcome.Converged; k++) strict.step(() => x.square().sum());
        Assert.True(strict.LastStep!.LargestGradient < 1e-7);
    }

    [Fact]
    public void The_state_of_another_history_is_refused_by_that_name()
    {
        using var scope = NewDisposeScope();
        var x = TestFunction.At([1]);
        Refuses(optim.ArmijoGD([x], history: 3), optim.ArmijoGD([x]));
        Refuses(optim.WolfeLBFGS([x], history: 3), optim.WolfeLBFGS([x]));

        static void Refuses(LineSearchOptimizer saved, LineSearchOptimizer other)
        {
            var file = new MemoryStream();
            using (var writer = new BinaryWriter(file, System.Text.Encoding.UTF8, leaveOpen: true)) saved.save_state_dict(writer);
            file.Position = 0;
            var error = Assert.Throws<ArgumentException>("history", () => other.load_state_dict(saved.state_dict()));
            Assert.Contains("history: 3", error.Message);
            Assert.Throws<ArgumentException>("history", () => other.load_state_dict(new BinaryReader(file)));
        }
    }
}
