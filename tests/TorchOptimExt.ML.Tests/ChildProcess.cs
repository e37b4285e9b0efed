using System.Diagnostics;

namespace TorchOptimExt.ML.Tests;

/// <summary>The program MlTraining in a process of its own.</summary>
internal static class ChildProcess
{
    internal static Process Start(params string[] arguments)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "MlTraining.dll");
        var host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        return Process.Start(new ProcessStartInfo(host, [program, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
    }

    /// <summary>What it wrote, and its exit status.</summary>
    internal static (string output, int status) Run(params string[] arguments)
    {
        using var process = Start(arguments);
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (output, process.ExitCode);
    }
}
