using System.Globalization;

namespace TorchOptimExt.Benchmarks.MlNet;

/// <summary>
/// Watches how much memory the process has: of its own ("anonymous": what is no page of a file), looked at every few milliseconds. Linux
/// only; elsewhere 0.
/// </summary>
internal sealed class MemoryWatch : IDisposable
{
    private const string Status = "/proc/self/status";

    private readonly CancellationTokenSource stop = new();
    private readonly Thread watching;
    private long peak;

    internal MemoryWatch()
    {
        watching = new Thread(Watch) { IsBackground = true };
        watching.Start();
    }

    /// <summary>The anonymous bytes now.</summary>
    internal static long Now() => File.Exists(Status) ? 1024 * long.Parse(File.ReadLines(Status).First(line => line.StartsWith("RssAnon:", StringComparison.Ordinal))
        .Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2].Trim(), CultureInfo.InvariantCulture) : 0;

    /// <summary>Begins anew, after the garbage was collected, and gives the anonymous bytes now.</summary>
    internal long Begin()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        var now = Now();
        Interlocked.Exchange(ref peak, now);
        return now;
    }

    /// <summary>The most anonymous bytes since the beginning.</summary>
    internal long Peak
    {
        get
        {
            Look();
            return Interlocked.Read(ref peak);
        }
    }

    private void Look() => peak = Math.Max(Interlocked.Read(ref peak), Now());

    private void Watch()
    {
        while (!stop.IsCancellationRequested)
        {
            Look();
            stop.Token.WaitHandle.WaitOne(5);
        }
    }

    public void Dispose()
    {
        stop.Cancel();
        watching.Join();
        stop.Dispose();
    }
}
