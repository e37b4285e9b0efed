using static TorchSharp.torch;

namespace TorchOptimExt.LineSearch;

/// <summary>The machine epsilon of dtypes.</summary>
internal static class Epsilon
{
    /// <summary>Of the coarsest dtype among parameters.</summary>
    public static double Of(IEnumerable<Leg> legs) => legs.Max(leg => Of(leg.Parameter.dtype));

    /// <summary>Of a dtype.</summary>
    public static double Of(ScalarType dtype) => dtype switch
    {
        ScalarType.Float64 => Math.ScaleB(1, -52),
        ScalarType.Float32 => Math.ScaleB(1, -23),
        ScalarType.Float16 => Math.ScaleB(1, -10),
        _ => Math.ScaleB(1, -7),        // bfloat16
    };
}
