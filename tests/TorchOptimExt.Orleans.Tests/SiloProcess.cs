using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace TorchOptimExt.Orleans.Tests;

/// <summary>A silo in a process of its own, which a test may kill.</summary>
internal sealed class SiloProcess : IDisposable
{
    /// <summary>The tests that start silos, which would take the processors from each other.</summary>
    internal const string OneTestAtATime = "silos";

    private readonly Process process;
    private readonly StringBuilder printed = new();
    private readonly TaskCompletionSource ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private SiloProcess(int silo, int gateway, IEnumerable<string> rest)
    {
        (SiloPort, GatewayPort) = (silo, gateway);
        var dll = Path.Combine(AppContext.BaseDirectory, "ElasticSilo.dll");
        ProcessStartInfo start = new("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])[dll, Text(silo), Text(gateway), .. rest]) start.ArgumentList.Add(argument);
        process = new Process { StartInfo = start, EnableRaisingEvents = true };
        process.OutputDataReceived += (_, e) => Line(e.Data);
        process.ErrorDataReceived += (_, e) => Line(e.Data);
        process.Exited += (_, _) => ready.TrySetException(new InvalidOperationException($"The silo ended: {Printed}"));
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();

        static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
    }

    public int SiloPort { get; }

    public int GatewayPort { get; }

    /// <summary>Resident bytes.</summary>
    public long Memory { get { process.Refresh(); return process.WorkingSet64; } }

    public string Printed { get { lock (printed) return printed.ToString(); } }

    /// <summary>Starts a silo on free ports and waits until it is a member of the cluster.</summary>
    public static async Task<SiloProcess> Start(string clustering, string checkpoint = "none", double delay = 0, string seed = "7")
    {
        var silo = new SiloProcess(FreePort(), FreePort(), [clustering, checkpoint, delay.ToString(CultureInfo.InvariantCulture), seed]);
        await silo.ready.Task.WaitAsync(TimeSpan.FromSeconds(90));
        return silo;
    }

    /// <summary>SIGKILL.</summary>
    public void Kill()
    {
        process.Kill(entireProcessTree: true);
        process.WaitForExit();
    }

    public void Dispose()
    {
        if (!process.HasExited) Kill();
        process.Dispose();
    }

    internal static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private void Line(string? line)
    {
        if (line is null) return;
        lock (printed) printed.AppendLine(line);
        if (line == "ready") ready.TrySetResult();
    }
}
