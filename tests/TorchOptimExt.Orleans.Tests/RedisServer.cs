using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;

namespace TorchOptimExt.Orleans.Tests;

/// <summary>A Redis server of a test's own.</summary>
internal sealed class RedisServer : IDisposable
{
    private const string Program = "/usr/bin/redis-server";

    private readonly Process process;

    private RedisServer()
    {
        Port = SiloProcess.FreePort();
        ProcessStartInfo start = new(Program) { RedirectStandardOutput = true };
        var port = Port.ToString(CultureInfo.InvariantCulture);
        foreach (var argument in (string[])["--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"])
            start.ArgumentList.Add(argument);
        process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
    }

    public static string? Missing => File.Exists(Program) ? null : "Redis is not installed (apt-get install redis-server).";

    public int Port { get; }

    public static async Task<RedisServer> Start()
    {
        var server = new RedisServer();
        for (var tries = 0; ; tries++)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync("127.0.0.1", server.Port);
                return server;
            }
            catch (SocketException) when (tries < 100)
            {
                await Task.Delay(50);
            }
        }
    }

    public void Dispose()
    {
        if (!process.HasExited) process.Kill();
        process.Dispose();
    }
}
