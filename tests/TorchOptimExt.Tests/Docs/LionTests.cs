using System.Runtime.CompilerServices;
using MyOptimizers;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.Tests.Docs;

/// <summary>The worked example of docs/own-optimizer.md does what it says, and the page shows this very code.</summary>
public class LionTests
{
    // By hand, from θ = (1, −2), lr 0.5, β₁ 0.5, β₂ 0.75, weight decay 0.5, gradients (4, −8) and (−4, 0):
    // step 1: momentum 0, signs (1, −1), θ − 0.5 (sign + 0.5 θ) = (0.25, −1), momentum 0.25 g = (1, −2)
    // step 2: 0.5 m + 0.5 g = (−1.5, −1), signs (−1, −1), θ = (0.25 + 0.5 − 0.0625, −1 + 0.5 + 0.25) = (0.6875, −0.25)
    [Theory, InlineData(ScalarType.Float32), InlineData(ScalarType.Float64), InlineData(ScalarType.Float16)]
    public void Lion_takes_the_steps_worked_by_hand(ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        using var param = new Parameter(tensor(new double[] { 1, -2 }).to_type(dtype));
        using var lion = new Lion([param], lr: 0.5, beta1: 0.5, beta2: 0.75, weight_decay: 0.5);
        foreach (var gradient in new double[][] { [4, -8], [-4, 0] })
        {
            param.grad = tensor(gradient).to_type(dtype);
            lion.step();
        }
        Assert.Equal([0.6875, -0.25], param.to_type(ScalarType.Float64).data<double>().ToArray());
        Assert.True(lion.LastStepFused);
    }

    [Fact]
    public void Page_shows_the_code_that_is_tested()
    {
        var page = File.ReadAllText(Beside("../../../docs/own-optimizer.md")).ReplaceLineEndings("\n");
        var code = File.ReadAllText(Beside("Lion.cs")).ReplaceLineEndings("\n");
        Assert.Contains(code.Trim(), page, StringComparison.Ordinal);
    }

    private static string Beside(string path, [CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, path);
}
