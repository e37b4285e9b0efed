using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.Parameters;

/// <summary>What every gradient must fulfil before an optimizer uses it.</summary>
internal static class GradientChecks
{
    /// <summary>Why a dense gradient cannot be that of the parameter; null where it can.</summary>
    internal static string? Misfit(Parameter parameter, Tensor grad)
    {
        if (grad.dtype != parameter.dtype) return $"is {grad.dtype}, the parameter {parameter.dtype}";
        var device = grad.device_type;
        if (device != parameter.device_type || (device != TorchSharp.DeviceType.CPU && grad.device_index != parameter.device_index))
            return $"is on {grad.device}, the parameter on {parameter.device}";
        return Shapes.Equal(grad, parameter) ? null
            : $"has shape [{string.Join(", ", grad.shape)}], the parameter [{string.Join(", ", parameter.shape)}]";
    }

    /// <summary>What stands in the way of a gradient that must be dense.</summary>
    internal static string? MisfitOrSparse(Parameter parameter, Tensor grad) =>
        grad.is_sparse ? "is sparse; only dense gradients are supported" : Misfit(parameter, grad);
}
