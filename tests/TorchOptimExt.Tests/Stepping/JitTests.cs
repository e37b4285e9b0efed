using System.Globalization;

namespace TorchOptimExt.Tests.Stepping;

/// <summary>A runtime without its optimizer, as debuggers make it, in a process of its own.</summary>
public class JitTests
{
    [Fact]
    public void Without_the_jit_s_optimizer_TorchSharp_s_operators_make_the_step()
    {
        var (fused, reason, deviation, ratio) = Run("1");
        Assert.False(fused);
        Assert.Contains("DOTNET_JITMinOpts", reason, StringComparison.Ordinal);
        Assert.InRange(deviation, 0, 1e-6);
        Assert.InRange(ratio, 0, 3);
    }

    // The test projects are Debug builds, as what a user runs by "dotnet run".
    [Fact]
    public void A_debug_build_of_the_program_makes_its_steps_in_one_pass()
    {
        var (fused, reason, deviation, ratio) = Run("0");
        Assert.True(fused, reason);
        Assert.InRange(deviation, 0, 1e-6);
        Assert.InRange(ratio, 0, 0.7);
    }

    private static (bool fused, string reason, double deviation, double ratio) Run(string minOpts)
    {
        var lines = FusedStepsProcess.Run("time", ("DOTNET_JITMinOpts", minOpts));
        return (bool.Parse(lines[0]), lines[1], double.Parse(lines[2], CultureInfo.InvariantCulture), double.Parse(lines[3], CultureInfo.InvariantCulture));
    }
}
