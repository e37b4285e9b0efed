using System.Diagnostics;

namespace TorchOptimExt.ML.Tests;

/// <summary>The program MlTraining in a process of its own.</summary>
internal static class ChildProcess
{
    private static readonly string Host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", Program = Path.Combine(AppContext.BaseDirectory, "MlTraining.dll");

    internal static Process Start(params string[] arguments) =>
        Process.Start(new ProcessStartInfo(Host, [Program, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true })!;

    /// <summary>The command line by which a shell starts it.</summary>
    internal static string Command(params string[] arguments) => string.Join(' ', new[] { Host, Program }.Concat(arguments).Select(word => $"'{word}'"));

    /// <summary>What it wrote, and its exit status.</summary>
    internal static (string output, int status) Run(params string[] arguments)
    {
        using var process = Start(arguments);
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (output, process.ExitCode);
    }
}
