using System.Text.RegularExpressions;
using TorchOptimExt.Cuda;
using TorchOptimExt.Simd;
using TorchSharp;

namespace TorchOptimExt.Tests.Cuda;

/// <summary>The kernels of all cases and types of elements, compiled for the CPU at once.</summary>
[CollectionDefinition(nameof(CompiledKernels))]
public sealed partial class CompiledKernels : ICollectionFixture<CompiledKernels>
{
    private readonly Dictionary<string, nint> runners = [];

    public CompiledKernels()
    {
        if (Gcc.Missing is not null) return;
        var texts = KernelCase.All.SelectMany(one => Enum.GetValues<Elements>().Select(elements => one.Text("kernel", elements))).Distinct().ToArray();
        var functions = Gcc.Compile([.. texts.Select((text, k) => ($"kernel_{k}", Named(text, $"kernel_{k}")))]);
        foreach (var (text, function) in texts.Zip(functions)) runners.Add(text, function);
    }

    /// <summary>How many different texts there are.</summary>
    public int Count => runners.Count;

    /// <summary>A driver that runs them, and compiles what else it is given.</summary>
    internal FakeDriver Driver(params int[] capabilities) =>
        new() { Runner = Runner, Capabilities = capabilities.Length == 0 ? [90] : capabilities };

    /// <summary>The kernels of a process whose device is the CPU.</summary>
    internal CudaKernels OnCpu(FakeDriver? driver = null) => new(() => driver ?? Driver()) { DeviceType = DeviceType.CPU };

    private nint Runner(string text)
    {
        var key = Named(text, "kernel");
        lock (runners)
        {
            if (runners.TryGetValue(key, out var runner)) return runner;
            runners.Add(key, runner = Gcc.Compile([("kernel_other", Named(text, "kernel_other"))])[0]);
            return runner;
        }
    }

    private static string Named(string text, string name) => Name().Replace(text, match => match.Value.Replace(match.Groups[1].Value, name, StringComparison.Ordinal));

    [GeneratedRegex(@"__launch_bounds__\(256\) (\w+?)(_large)?\(const")]
    private static partial Regex Name();
}
