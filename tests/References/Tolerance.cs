using static TorchSharp.torch;

namespace References;

/// <summary>
/// How far a computed tensor may lie from a reference, absolutely, for its largest element.
/// float64: 1e-12 of it, thousands of roundings. float32: a rounding of 2⁻²⁴ is made by the update and a few by what leads
/// to it in every step, and libraries fuse, reorder and vectorise these differently: two units in the last place a step.
/// </summary>
public static class Tolerance
{
    public static double Of(ScalarType dtype, int steps, double largest) => dtype switch
    {
        ScalarType.Float64 => 1e-12 * largest,
        ScalarType.Float32 => 2 * Math.ScaleB(1, -23) * steps * largest,
        _ => throw new ArgumentOutOfRangeException(nameof(dtype), dtype, "There are references in float64 and float32."),
    };

    /// <summary>Fails, with element and values, where a tensor of <paramref name="steps"/> steps is not the reference's.</summary>
    public static void Holds(ReadOnlySpan<double> expected, ReadOnlySpan<double> actual, ScalarType dtype, int steps)
    {
        Assert.Equal(expected.Length, actual.Length);
        var largest = 0.0;
        foreach (var value in expected) largest = Math.Max(largest, Math.Abs(value));
        var allowed = Of(dtype, steps, largest);
        for (var i = 0; i < expected.Length; i++)
            if (!(Math.Abs(expected[i] - actual[i]) <= allowed))
                Assert.Fail($"element {i} after {steps} steps: {actual[i]:R} instead of {expected[i]:R}; {Math.Abs(expected[i] - actual[i]):g3} apart, {allowed:g3} allowed");
    }
}
