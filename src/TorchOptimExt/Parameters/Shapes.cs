using static TorchSharp.torch;

namespace TorchOptimExt.Parameters;

internal static class Shapes
{
    /// <summary>Whether two tensors have the same shape, without an array for each.</summary>
    internal static bool Equal(Tensor a, Tensor b)
    {
        var dimensions = a.dim();
        if (dimensions != b.dim()) return false;
        for (var d = 0; d < dimensions; d++)
            if (a.size(d) != b.size(d)) return false;
        return true;
    }
}
