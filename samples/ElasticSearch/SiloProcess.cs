using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Reflection;

namespace ElasticDigits;

/// <summary>A silo that this program started.</summary>
internal sealed class SiloProcess : IDisposable
{
    private readonly Process process;

    private SiloProcess(int port, int gateway, int primary)
    {
        (Port, Gateway) = (port, gateway);
        int[] numbers = [port, gateway, primary];
        process = Process.Start(new ProcessStartInfo(
            Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet",
            [Assembly.GetExecutingAssembly().Location, "silo", .. numbers.Select(n => n.ToString(CultureInfo.InvariantCulture))])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
    }

    /// <summary>Where other silos reach it.</summary>
    internal int Port { get; }

    /// <summary>Where clients reach it.</summary>
    internal int Gateway { get; }

    /// <summary>Starts a silo and waits until it is a member of the cluster of a first silo; without one it is the first.</summary>
    internal static async Task<SiloProcess> Start(SiloProcess? first, CancellationToken cancellation)
    {
        var port = FreePort();
        var silo = new SiloProcess(port, FreePort(), first?.Port ?? port);
        List<string> printed = [];
        while (await silo.process.StandardOutput.ReadLineAsync(cancellation) is { } line)
        {
            if (line == DigitsSilo.Ready)
            {
                _ = silo.process.StandardOutput.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None); // a full pipe would stop it
                return silo;
            }
            printed.Add(line);
        }
        silo.Dispose();
        throw new InvalidOperationException($"A silo did not start:\n{string.Join('\n', printed)}");
    }

    /// <summary>Ends it without a word to the others (SIGKILL).</summary>
    internal void Kill() => process.Kill();

    /// <summary>Ends it.</summary>
    public void Dispose()
    {
        if (!process.HasExited) process.Kill();
        process.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
