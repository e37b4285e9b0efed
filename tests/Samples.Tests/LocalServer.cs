using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Samples.Tests;

/// <summary>An HTTP server on this machine that answers as badly as it is told.</summary>
internal sealed class LocalServer : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource end = new();
    private readonly Func<string, Stream, CancellationToken, Task> answer;
    private readonly List<string> asked = [];

    /// <param name="answer">Writes the answer to a request for a path, header and all; the connection is closed after it.</param>
    public LocalServer(Func<string, Stream, CancellationToken, Task> answer)
    {
        this.answer = answer;
        listener.Start();
        _ = Task.Run(ServeAsync);
    }

    public string Address => $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/data";

    /// <summary>The paths that were asked for.</summary>
    public string[] Asked
    {
        get
        {
            lock (asked) return [.. asked];
        }
    }

    /// <summary>The answer with these bytes.</summary>
    public static byte[] Ok(byte[] content, long? length = null) =>
        [.. Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {length ?? content.Length}\r\nConnection: close\r\n\r\n"), .. content];

    public static byte[] Status(string status) => Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using var client = await listener.AcceptTcpClientAsync(end.Token);
                using var stream = client.GetStream();
                using var reader = new StreamReader(stream, Encoding.ASCII, leaveOpen: true);
                var path = (await reader.ReadLineAsync(end.Token))!.Split(' ')[1];
                while (await reader.ReadLineAsync(end.Token) is { Length: > 0 }) { }
                lock (asked) asked.Add(path);
                try
                {
                    await answer(path, stream, end.Token);
                }
                catch (IOException)
                {
                    // The client has left.
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }

    public void Dispose()
    {
        end.Cancel();
        listener.Dispose();
        end.Dispose();
    }
}
