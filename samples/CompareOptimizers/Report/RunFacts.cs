using System.Globalization;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace CompareOptimizers.Report;

/// <summary>What a reader must know to judge the figures of a run.</summary>
internal static class RunFacts
{
    private const string CpuInfo = "/proc/cpuinfo", ModelName = "model name";

    public static IEnumerable<(string name, string value)> OfThisMachine()
    {
        yield return ("processor", $"{Processor()}, {Environment.ProcessorCount} cores");
        yield return ("torch threads", get_num_threads().ToString(CultureInfo.InvariantCulture));
        yield return ("runtime", RuntimeInformation.FrameworkDescription);
        yield return ("TorchSharp", typeof(Tensor).Assembly.GetName().Version?.ToString(3) ?? "");
        yield return ("measured", DateTime.UtcNow.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture));
    }

    private static string Processor()
    {
        var line = File.Exists(CpuInfo) ? File.ReadLines(CpuInfo).FirstOrDefault(line => line.StartsWith(ModelName, StringComparison.Ordinal)) : null;
        return line?.Split(':', 2)[1].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString();
    }
}
