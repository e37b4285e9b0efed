using System.ComponentModel;
using System.Diagnostics;
using Microsoft.Extensions.Logging;
using TorchSharp;

namespace TorchOptimExt.Cuda;

/// <summary>
/// The kernels of a process. Each is compiled once, when a step first needs it, and loaded once on each device. What stands in the way of
/// the first stands in the way of all: then no kernel is asked for again in this process.
/// </summary>
/// <param name="open">Opens the driver, when a tensor on a CUDA device is first met.</param>
internal sealed class CudaKernels(Func<ICudaDriver> open)
{
    private readonly object gate = new();
    private readonly List<(RuleTrace trace, KernelLayout layout, bool large, int capability, byte[] image, string name)> compiled = [];
    private readonly List<CudaKernel> loaded = [];
    private readonly Dictionary<int, CudaDevice> devices = [];
    private ICudaDriver? driver;

    /// <summary>Those of this process; tests put others here.</summary>
    public static CudaKernels Current { get; set; } = new(CudaDriver.Open);

    /// <summary>Where what happens is logged.</summary>
    public static ILogger? Logger { get; set; }

    /// <summary>Whose tensors it takes; in tests, where kernels are compiled for the CPU, the CPU's.</summary>
    public DeviceType DeviceType { get; init; } = DeviceType.CUDA;

    /// <summary>Why there can be no kernels; null as long as nothing stood in the way.</summary>
    public string? Unavailable { get; private set; }

    /// <summary>The kernel of a rule for tensors of a device; null where there can be none, for the reason in
    /// <see cref="Unavailable"/>.</summary>
    public CudaKernel? Find(Type rule, RuleTrace trace, KernelLayout layout, int device)
    {
        lock (gate)
        {
            if (Unavailable is not null) return null;
            foreach (var kernel in loaded)
                if (kernel.Device.Index == device && kernel.Layout == layout && kernel.Trace.DoesSame(trace)) return kernel;
            try
            {
                return Load(rule, trace, layout, device);
            }
            catch (Exception e) when (e is CudaException or Win32Exception)
            {
                Unavailable = e.Message;
                if (Logger is not null) CudaLog.Unavailable(Logger, e.Message);
                return null;
            }
        }
    }

    private CudaKernel Load(Type rule, RuleTrace trace, KernelLayout layout, int index)
    {
        driver ??= open();
        if (!devices.TryGetValue(index, out var device)) devices.Add(index, device = new(driver, index));
        var entered = device.Enter();
        try
        {
            var (image, name, known) = Compiled(rule, trace, layout, device);
            var module = driver.Load(image);
            var kernel = new CudaKernel(device, known, layout, driver.Function(module, name),
                device.TakesLargeArguments ? driver.Function(module, KernelText.Large(name)) : 0);
            loaded.Add(kernel);
            return kernel;
        }
        finally
        {
            device.Leave(entered);
        }
    }

    private (byte[] image, string name, RuleTrace trace) Compiled(Type rule, RuleTrace trace, KernelLayout layout, CudaDevice device)
    {
        foreach (var one in compiled)
            if (one.capability == device.Capability && one.large == device.TakesLargeArguments
                && one.layout == layout && one.trace.DoesSame(trace)) return (one.image, one.name, one.trace);
        var clock = Stopwatch.StartNew();
        var (name, copy) = (NameOf(rule, layout), trace.Copy());
        var image = driver!.Compile(KernelText.Of(name, trace, layout, device.TakesLargeArguments), device.Capability);
        compiled.Add((copy, layout, device.TakesLargeArguments, device.Capability, image, name));
        if (Logger is not null) CudaLog.Compiled(Logger, name, device.Capability, clock.Elapsed.TotalMilliseconds);
        return (image, name, copy);
    }

    /// <summary>What a kernel is called: the rule and what it computes on.</summary>
    internal static string NameOf(Type rule, KernelLayout layout)
    {
        var names = rule.GenericTypeArguments.Prepend(rule).Select(type => type.Name.Split('`')[0]).Append($"{layout.Elements}");
        var name = string.Join('_', names);
        return string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_'));
    }
}
