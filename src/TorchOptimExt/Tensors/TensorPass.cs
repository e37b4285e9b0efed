using TorchOptimExt.Rules;
using static TorchSharp.torch;

namespace TorchOptimExt.Tensors;

/// <summary>
/// Applies an update rule to one parameter with tensor operations: any device, dtype and strides, and nothing is read
/// back to the host. float16 and bfloat16 are computed in float32 and rounded once.
/// </summary>
internal static class TensorPass
{
    public static void Run<TRule>(
        in TRule rule, Tensor param, Tensor grad, Tensor? first = null, Tensor? second = null, Tensor? third = null)
            where TRule : struct, IUpdateRule
    {
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        var (lanes, a, b, c) = (Lanes(param), Lanes(first), Lanes(second), Lanes(third));
        rule.Apply(ref lanes, Lanes(grad), ref a, ref b, ref c);
        lanes.Store(param);
        if (first is not null) a.Store(first);
        if (second is not null) b.Store(second);
        if (third is not null) c.Store(third);
    }

    private static TensorLanes Lanes(Tensor? tensor) =>
        tensor is null ? default
            : new(tensor.dtype is ScalarType.Float16 or ScalarType.BFloat16 ? tensor.to_type(ScalarType.Float32) : tensor);
}
