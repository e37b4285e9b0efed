using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace TorchOptimExt.Benchmarks.Gpu;

/// <summary>Times of PyTorch's own optimizers on this GPU, from the script beside this program.</summary>
internal static class PyTorchTimes
{
    /// <summary>Microseconds of a step by case, optimizer and variant; none where no Python has PyTorch with CUDA.</summary>
    public static Dictionary<(string, string, string), double> Read()
    {
        var times = new Dictionary<(string, string, string), double>();
        try
        {
            using var process = Process.Start(new ProcessStartInfo("python3", ["-W", "ignore", Path.Combine(AppContext.BaseDirectory, "Gpu", "gpu.py")])
            { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var errors = process.StandardError.ReadToEndAsync();
            while (process.StandardOutput.ReadLine() is { } line)
                if (line.Split('\t') is [var one, var optimizer, var variant, var time])
                    times[(one, optimizer, variant)] = double.Parse(time, CultureInfo.InvariantCulture);
            process.WaitForExit();
            if (process.ExitCode != 0) Console.WriteLine($"PyTorch's columns are missing or incomplete: {errors.Result.Trim().Split('\n')[^1]}");
        }
        catch (Win32Exception)
        {
            Console.WriteLine("There is no python3: PyTorch's columns are missing.");
        }
        return times;
    }
}
