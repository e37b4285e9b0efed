using System.ComponentModel;
using System.Diagnostics;

namespace TorchOptimExt.Benchmarks.LineSearch;

/// <summary>Runs the scripts that count what scipy and PyTorch need.</summary>
internal static class Python
{
    private const string Program = "/usr/bin/python3";

    /// <summary>The lines that a script writes, each split at tabs; none where Python is missing.</summary>
    public static IEnumerable<string[]> Lines(string script, params string[] arguments)
    {
        using var process = Start(new(Program, ["-W", "ignore", script, .. arguments]) { RedirectStandardOutput = true });
        if (process is null) yield break;
        while (process.StandardOutput.ReadLine() is { } line) yield return line.Split('\t');
        process.WaitForExit();
        if (process.ExitCode != 0) Console.Error.WriteLine(
            $"The others' rows are missing or incomplete: they need {Program} with scipy and torch (apt-get install python3-scipy " +
            "python3-torch).");
    }

    private static Process? Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start);
        }
        catch (Win32Exception)
        {
            Console.Error.WriteLine($"There is no {Program}: only our own rows are shown.");
            return null;
        }
    }
}
