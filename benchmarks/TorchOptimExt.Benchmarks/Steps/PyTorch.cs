using System.Diagnostics;
using System.Text.Json;

namespace TorchOptimExt.Benchmarks.Steps;

/// <summary>PyTorch in a process of its own (<c>steps.py</c>), which times steps when asked.</summary>
internal sealed class PyTorch : IDisposable
{
    private const string Python = "/usr/bin/python3";

    private readonly Process process;

    private PyTorch(Process process, string version) => (this.process, Version) = (process, version);

    public string Version { get; }

    /// <summary>Starts it; null where Debian's python3-torch is not installed.</summary>
    public static PyTorch? Start()
    {
        if (!File.Exists(Python)) return null;
        var script = Path.Combine(AppContext.BaseDirectory, "Steps", "steps.py");
        var process = Process.Start(new ProcessStartInfo(Python, [script]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
        process.BeginErrorReadLine();
        if (process.StandardOutput.ReadLine() is { } version) return new(process, version);
        process.Dispose();
        return null;
    }

    /// <summary>Makes this optimizer of new parameters, in place of the one before.</summary>
    public void Prepare(string optimizer, StepCase parameters, int threads) => Ask(new { threads, optimizer, shapes = parameters.Shapes });

    /// <summary>The milliseconds of so many steps.</summary>
    public double[] Run(int steps) => Ask(new { steps });

    private double[] Ask(object request)
    {
        process.StandardInput.WriteLine(JsonSerializer.Serialize(request));
        var answer = process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("The python3 process has ended.");
        return JsonSerializer.Deserialize<double[]>(answer)!;
    }

    public void Dispose()
    {
        process.StandardInput.Close();
        process.WaitForExit();
        process.Dispose();
    }
}
