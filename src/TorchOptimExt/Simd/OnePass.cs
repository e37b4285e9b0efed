using TorchOptimExt.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace TorchOptimExt.Simd;

/// <summary>What can be visited in one pass over memory.</summary>
internal static class OnePass
{
    /// <summary>
    /// Why a parameter cannot be visited in one pass with its gradient and state, which have its shape; null where it can.
    /// </summary>
    /// <param name="device">Where the pass runs.</param>
    public static string? Obstacle(
        in TensorFacts param, in TensorFacts grad, in TensorFacts first, in TensorFacts second, in TensorFacts third, out Elements elements,
        DeviceType device = DeviceType.CPU)
    {
        var state = first.Handle == 0 ? param.Type : first.Type;
        elements = (param.Type, state) switch
        {
            (ScalarType.Float64, _) => Elements.Float64,
            (ScalarType.Float16, ScalarType.Float32) => Elements.Float16WithFloat32State,
            (ScalarType.Float16, _) => Elements.Float16,
            (ScalarType.BFloat16, ScalarType.Float32) => Elements.BFloat16WithFloat32State,
            (ScalarType.BFloat16, _) => Elements.BFloat16,
            _ => Elements.Float32,
        };
        if (elements is not (Elements.Float16WithFloat32State or Elements.BFloat16WithFloat32State)) state = param.Type;
        return ObstacleOf(param, device)
            ?? ObstacleOf("gradient", grad, param, param.Type)
            ?? ObstacleOf("state", first, param, state)
            ?? ObstacleOf("state", second, param, state)
            ?? ObstacleOf("state", third, param, state);
    }

    /// <summary>Which of a parameter's tensors has another shape; null where none has.</summary>
    public static string? OtherShape(
        in TensorFacts param, in TensorFacts grad, in TensorFacts first, in TensorFacts second, in TensorFacts third) =>
        OtherShape("gradient", grad, param) ?? OtherShape("state", first, param)
            ?? OtherShape("state", second, param) ?? OtherShape("state", third, param);

    private static string? OtherShape(string what, in TensorFacts tensor, in TensorFacts param) =>
        tensor.Handle == 0 || tensor.IsSparse || tensor.SameShape(param) ? null : $"its {what} has shape {tensor.Shape}, not {param.Shape}";

    private static string? ObstacleOf(in TensorFacts param, DeviceType device)
    {
        if (param.Type is not (ScalarType.Float32 or ScalarType.Float64 or ScalarType.Float16 or ScalarType.BFloat16))
            return $"its dtype is {param.Type}, not Float32, Float64, Float16 or BFloat16";
        if (param.Device != device) return $"it is on {param.Where}, not on {(device == DeviceType.CPU ? "the CPU" : device)}";
        if (param.IsSparse) return "it is sparse";
        if (param.IsNegative) return "it is a negated view, whose memory holds the opposite numbers";
        return param.IsDense ? null : "its elements have gaps between them in memory, or overlap";
    }

    private static string? ObstacleOf(string what, in TensorFacts tensor, in TensorFacts param, ScalarType type)
    {
        if (tensor.Handle == 0) return null;
        if (tensor.IsSparse) return $"its {what} is sparse";
        if (tensor.Type != type) return $"its {what} is {tensor.Type}, not {type}";
        if (tensor.Device != param.Device) return $"its {what} is on {tensor.Where}, not on {param.Where}";
        if (tensor.IsNegative) return $"its {what} is a negated view, whose memory holds the opposite numbers";
        return tensor.SameOrder(param) ? null : $"its {what} lies in memory in another order";
    }
}
