using System.Diagnostics;

namespace TorchOptimExt.Tests.Stepping;

/// <summary>The program FusedSteps, in a process whose runtime is told what to do without.</summary>
internal static class FusedStepsProcess
{
    /// <summary>The lines that it writes.</summary>
    public static string[] Run(string what, params (string name, string value)[] environment)
    {
        var host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        var start = new ProcessStartInfo(host, [Path.Combine(AppContext.BaseDirectory, "FusedSteps.dll"), what])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var lines = process.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.TrimEntries);
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, error.Result);
        return lines;
    }
}
