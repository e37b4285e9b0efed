using static TorchSharp.torch;

namespace TorchOptimExt.LineSearch;

/// <summary>When a search has converged, where the user does not say: by the coarsest dtype among the parameters.</summary>
internal static class Tolerances
{
    /// <summary>For max|g|.</summary>
    public static double Gradient(IEnumerable<Leg> legs) => legs.All(leg => leg.Parameter.dtype == ScalarType.Float64) ? 1e-8 : 1e-5;

    /// <summary>For the change of F in units of max(1, |F|): the machine epsilon.</summary>
    public static double Change(IEnumerable<Leg> legs) => legs.Max(leg => leg.Parameter.dtype switch
    {
        ScalarType.Float64 => Math.ScaleB(1, -52),
        ScalarType.Float32 => Math.ScaleB(1, -23),
        ScalarType.Float16 => Math.ScaleB(1, -10),
        _ => Math.ScaleB(1, -7),        // bfloat16
    });
}
