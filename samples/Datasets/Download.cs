using System.Security.Cryptography;

namespace Datasets;

/// <summary>Downloads files into a folder: each lies there whole or not at all, and one that came stays when a later one fails.</summary>
internal sealed class Download(string address, string folder, TimeSpan patience, CancellationToken cancel)
{
    private const int Piece = 16 << 10;

    /// <exception cref="DatasetException">A file cannot be had or not be written; the message says why.</exception>
    /// <exception cref="OperationCanceledException">The download was cancelled.</exception>
    public void Run(IReadOnlyCollection<PublishedFile> files, TextWriter console)
    {
        var total = files.Sum(file => file.Length);
        console.Write($"Downloading Fashion-MNIST ({(total + 999_999) / 1_000_000} MB, once) from {address} to {folder}:");
        var progress = new Percentage(console, total);
        try
        {
            RunAsync(files, progress).GetAwaiter().GetResult();
        }
        finally
        {
            console.WriteLine();
        }
    }

    private async Task RunAsync(IEnumerable<PublishedFile> files, Percentage progress)
    {
        if (!Uri.TryCreate(address.TrimEnd('/') + "/", UriKind.Absolute, out var root) || root.Scheme is not ("http" or "https"))
            throw new DatasetException(address, "is not an address that begins with http:// or https://");
        using var client = new HttpClient(new SocketsHttpHandler { ConnectTimeout = patience }) { Timeout = Timeout.InfiniteTimeSpan };
        foreach (var file in files)
            await FetchAsync(client, new Uri(root, file.Name), file, progress).ConfigureAwait(false);
    }

    private async Task FetchAsync(HttpClient client, Uri source, PublishedFile file, Percentage progress)
    {
        var whole = Path.Combine(folder, file.Name);
        var partial = $"{whole}.{Guid.NewGuid():N}"; // of its own: another process may download the same
        try
        {
            Directory.CreateDirectory(folder);
            using (var output = new FileStream(partial, FileMode.CreateNew))
                await ReceiveAsync(client, source, file, output, progress).ConfigureAwait(false);
            File.Move(partial, whole, overwrite: true);
        }
        catch (HttpRequestException e) when (e.StatusCode is { } status)
        {
            throw new DatasetException(source.ToString(), $"cannot be downloaded (the server answers {(int)status} {status})", e);
        }
        catch (OperationCanceledException e) when (!cancel.IsCancellationRequested)
        {
            throw new DatasetException(source.ToString(), $"cannot be downloaded (too slow: less than {Piece >> 10} KiB in {patience.TotalSeconds:0.#} s)", e);
        }
        catch (Exception e) when (e is HttpRequestException or HttpIOException)
        {
            throw new DatasetException(source.ToString(), $"cannot be downloaded ({OneLine(e.Message)})", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DatasetException(whole, $"cannot be written ({OneLine(e.Message)})", e);
        }
        finally
        {
            Discard(partial);
        }
    }

    private async Task ReceiveAsync(HttpClient client, Uri source, PublishedFile file, Stream output, Percentage progress)
    {
        using var slow = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        slow.CancelAfter(patience);
        using var response = await client.GetAsync(source, HttpCompletionOption.ResponseHeadersRead, slow.Token).ConfigureAwait(false);
        response.EnsureSuccessStatusCode();
        using var content = await response.Content.ReadAsStreamAsync(slow.Token).ConfigureAwait(false);
#pragma warning disable CA5351 // the checksum that was published
        using var md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
#pragma warning restore CA5351
        var piece = new byte[Piece];
        for (var length = 0L; ;)
        {
            slow.CancelAfter(patience);
            var count = await content.ReadAtLeastAsync(piece, Piece, throwOnEndOfStream: false, slow.Token).ConfigureAwait(false);
            length += count;
            if (length > file.Length)
                throw new DatasetException(source.ToString(), $"is not the published file: it is longer than {file.Length} bytes");
            if (count < Piece && length < file.Length)
                throw new DatasetException(source.ToString(), $"is not the published file: it has only {length} of {file.Length} bytes");
            md5.AppendData(piece, 0, count);
            await output.WriteAsync(piece.AsMemory(0, count), slow.Token).ConfigureAwait(false);
            progress.Add(count);
            if (count < Piece) break;
        }
        if (Convert.ToHexStringLower(md5.GetHashAndReset()) != file.Md5)
            throw new DatasetException(source.ToString(), "is not the published file: its checksum is another");
    }

    private static void Discard(string partial)
    {
        try
        {
            File.Delete(partial);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The error that is on its way says more.
        }
    }

    private static string OneLine(string message) => string.Join(' ', message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).TrimEnd('.');

    /// <summary>Writes each tenth of a total as it is reached, in one line.</summary>
    private sealed class Percentage(TextWriter console, long total)
    {
        private long received;
        private int tenths;

        public void Add(int bytes)
        {
            received += bytes;
            for (; tenths < 10 * received / total; tenths++)
            {
                console.Write($" {10 * (tenths + 1)} %");
                console.Flush();
            }
        }
    }
}
