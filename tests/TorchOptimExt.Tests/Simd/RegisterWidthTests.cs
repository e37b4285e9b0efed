using System.Globalization;
using TorchOptimExt.Tests.Stepping;

namespace TorchOptimExt.Tests.Simd;

/// <summary>Steps in processes of their own, whose runtime is told which registers to use.</summary>
public class RegisterWidthTests
{
    [Fact]
    public void Every_register_width_gives_the_same_bits()
    {
        var widest = Run();
        // Where the processor lacks a width, the switch changes nothing.
        var (middle, narrow, none) = (Run("DOTNET_EnableAVX512"), Run("DOTNET_EnableAVX2"), Run("DOTNET_EnableHWIntrinsic"));
        Assert.InRange(middle.width, 128, 256);
        Assert.Equal(128, narrow.width);
        Assert.Equal(128, none.width);
        Assert.Equal([widest.hash, widest.hash, widest.hash], [middle.hash, narrow.hash, none.hash]);
    }

    private static (int width, string hash) Run(string? off = null)
    {
        var lines = off is null ? FusedStepsProcess.Run("bits") : FusedStepsProcess.Run("bits", (off, "0"));
        return (int.Parse(lines[0], CultureInfo.InvariantCulture), lines[1]);
    }
}
