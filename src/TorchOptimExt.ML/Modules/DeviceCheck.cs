using TorchSharp;
using static TorchSharp.torch;

namespace TorchOptimExt.ML.Modules;

/// <summary>Whether a device can be used here.</summary>
internal static class DeviceCheck
{
    /// <summary>Refuses a device that is not there.</summary>
    /// <param name="device">The device.</param>
    /// <param name="name">What the caller calls it.</param>
    /// <exception cref="ArgumentNullException">The device is null.</exception>
    /// <exception cref="ArgumentException">The device is not available.</exception>
    internal static void Require(Device device, string name)
    {
        ArgumentNullException.ThrowIfNull(device, name);
        if (Missing(device) is { } why)
            throw new ArgumentException($"{name} is {device}, which is not available: {why}.", name);
    }

    private static string? Missing(Device device) => device.type switch
    {
        DeviceType.CPU => null,
        DeviceType.CUDA when !cuda.is_available() =>
            "no CUDA device was found, or libtorch is built without CUDA; reference TorchSharp-cuda-linux or TorchSharp-cuda-windows, or "
            + "take torch.CPU",
        DeviceType.CUDA when device.index >= cuda.device_count() => $"there are {cuda.device_count()} CUDA devices, counted from 0",
        DeviceType.CUDA => null,
        DeviceType.META => "it holds no numbers; take torch.CPU",
        DeviceType.MPS => mps_is_available() ? null : "no MPS device was found; take torch.CPU",
        _ => TryInitializeDeviceType(device.type) ? null : "TorchSharp cannot use it; take torch.CPU",
    };
}
