using System.Diagnostics;
using System.Globalization;

namespace TorchOptimExt.Mpi.Tests;

/// <summary>Starts the ranks of a training under an installed MPI.</summary>
internal static class Launcher
{
    /// <summary>Why a test cannot run here; null where it can.</summary>
    public static string? Missing(string launcher) =>
        File.Exists("/usr/bin/" + launcher) ? null : $"{launcher} is not installed: apt-get install openmpi-bin libopenmpi-dev mpich.";

    /// <returns>The exit code, the standard output and the standard error of all ranks.</returns>
    public static (int code, string output, string error) Run(string launcher, int ranks, string what)
    {
        List<string> arguments = launcher.Contains("openmpi", StringComparison.Ordinal) ? ["--allow-run-as-root", "--oversubscribe"] : [];
        arguments.AddRange(["-n", ranks.ToString(CultureInfo.InvariantCulture), "dotnet", Path.Combine(AppContext.BaseDirectory, "MpiTraining.dll"), what]);
        using var process = Process.Start(new ProcessStartInfo(launcher, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        if (!process.WaitForExit(TimeSpan.FromMinutes(2)))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{launcher} with {ranks} ranks of '{what}' has not ended.");
        }
        return (process.ExitCode, output.Result, error.Result);
    }
}
