using TorchSharp;
using static TorchSharp.torch;

namespace CompareOptimizers.Cli;

/// <summary>The devices that can be named.</summary>
internal static class Devices
{
    /// <exception cref="UserException">There is no such device.</exception>
    public static Device Parse(string name)
    {
        Device device;
        try
        {
            device = new(name);
        }
        catch (Exception e) when (e is ArgumentException or FormatException or NotSupportedException)
        {
            throw new UserException($"--device is '{name}', but must be cpu, cuda, cuda:1 or mps.", e);
        }
        return device.type switch
        {
            DeviceType.CPU => device,
            DeviceType.CUDA when cuda.is_available() && device.index < cuda.device_count() => device,
            DeviceType.CUDA => throw new UserException($"--device is '{name}', but TorchSharp finds {(cuda.is_available() ? $"{cuda.device_count()} GPUs only, from cuda:0" : "no GPU; it needs the package TorchSharp-cuda-linux or TorchSharp-cuda-windows")}."),
            DeviceType.MPS when mps_is_available() => device,
            _ => throw new UserException($"--device is '{name}', which is not available here."),
        };
    }
}
