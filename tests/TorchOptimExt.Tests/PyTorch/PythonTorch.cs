using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace TorchOptimExt.Tests.PyTorch;

/// <summary>A Python that has PyTorch, where the machine has one.</summary>
internal static class PythonTorch
{
    private static readonly Lazy<string?> Program = new(() => Array.Find(["python3", "/usr/bin/python3", "python"], HasTorch));

    public static string? Missing => Program.Value is null ? "No Python with PyTorch here: apt-get install python3-torch." : null;

    /// <summary>Runs a command of <c>exchange.py</c>.</summary>
    public static void Run(string command, string folder, [CallerFilePath] string here = "")
    {
        var (code, output) = Start(Program.Value!, Path.Combine(Path.GetDirectoryName(here)!, "exchange.py"), command, folder);
        Assert.True(code == 0 && output.EndsWith("done\n", StringComparison.Ordinal), output);
    }

    private static bool HasTorch(string python)
    {
        try
        {
            return Start(python, "-c", "import torch").code == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private static (int code, string output) Start(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, errors.Result + output);
    }
}
