using static TorchSharp.torch;

namespace TorchOptimExt.Parameters;

/// <summary>The ranges of the floating-point dtypes.</summary>
internal static class Dtypes
{
    /// <summary>The largest finite number of a dtype.</summary>
    internal static double Largest(ScalarType dtype) => dtype switch
    {
        ScalarType.Float16 => 65504,
        ScalarType.BFloat16 => 3.3895313892515355e38,
        ScalarType.Float32 => float.MaxValue,
        _ => double.MaxValue,
    };

    /// <summary>The dtype of least range among tensors, and its largest number.</summary>
    internal static (ScalarType dtype, double largest) Narrowest(IEnumerable<Tensor> tensors) =>
        tensors.Select(tensor => tensor.dtype).DefaultIfEmpty(ScalarType.Float64).Select(dtype => (dtype, largest: Largest(dtype)))
            .MinBy(found => found.largest);
}
