using TorchOptimExt.Rules;
using TorchSharp;
using static TorchSharp.torch;

namespace TorchOptimExt.Tensors;

/// <summary>
/// Applies an update rule to one parameter with tensor operations: any device, dtype and strides, and nothing is read
/// back to the host. float16 and bfloat16 are computed in float32 and rounded once.
/// </summary>
internal static class TensorPass
{
    // Of a long tensor as many elements at once as leave the results in between in the cache, and not in fresh pages.
    private const long Chunk = 1 << 15;

    public static void Run<TRule>(
        in TRule rule, Tensor param, Tensor grad, Tensor? first = null, Tensor? second = null, Tensor? third = null)
            where TRule : struct, IUpdateRule
    {
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        Tensor?[] all = [param, grad, first, second, third];
        var length = param.NumberOfElements;
        if (length <= Chunk || param.device_type != DeviceType.CPU || all.Any(t => t?.is_contiguous() == false))
        {
            RunWhole(rule, param, grad, first, second, third);
            return;
        }
        var rows = Array.ConvertAll(all, t => t?.view(-1));
        for (var at = 0L; at < length; at += Chunk)
        {
            using var inner = NewDisposeScope();
            var parts = Array.ConvertAll(rows, row => row?.narrow(0, at, Math.Min(Chunk, length - at)));
            RunWhole(rule, parts[0]!, parts[1]!, parts[2], parts[3], parts[4]);
        }
    }

    private static void RunWhole<TRule>(in TRule rule, Tensor param, Tensor grad, Tensor? first, Tensor? second, Tensor? third)
        where TRule : struct, IUpdateRule
    {
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
