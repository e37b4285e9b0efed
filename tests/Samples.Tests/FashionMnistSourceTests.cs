using System.Security.Cryptography;
using Datasets;

namespace Samples.Tests;

public sealed class FashionMnistSourceTests : IDisposable
{
    private static readonly string[] Names = ["train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz", "t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"];

    private readonly DatasetFolder published = new(compressed: true);
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("source-");
    private readonly StringWriter console = new();

    private string Cache => Path.Combine(folder.FullName, "cache");

    public void Dispose()
    {
        published.Dispose();
        folder.Delete(recursive: true);
    }

    [Fact]
    public void What_is_installed_is_taken_and_nothing_is_downloaded()
    {
        using var server = Serving(Content);
        var source = new FashionMnistSource { Installed = published.FullName, Cache = Cache, Address = server.Address, Files = Files };

        Assert.Equal(published.FullName, source.Find(console));
        Assert.Equal(("", 0, false), (console.ToString(), server.Asked.Length, Directory.Exists(Cache)));
    }

    [Fact]
    public void It_is_downloaded_once_with_its_progress_and_is_what_was_published()
    {
        using var server = Serving(Content);

        var data = FashionMnist.Load(Source(server.Address).Find(console));
        Assert.Equal(Cache, Source(server.Address).Find(console));

        Assert.Equal(DatasetFolder.Pixels(3), data.Train.Pixels);
        Assert.Equal([.. Names.Select(name => "/data/" + name)], server.Asked);
        var line = Assert.Single(Lines(console));
        Assert.Matches(@"^Downloading Fashion-MNIST \(1 MB, once\) from http://127.0.0.1:\d+/data to .*cache: .*50 % .*100 %$", line);
        Assert.Equal(Names.Order(), FilesInCache());
    }

    [Fact]
    public void An_address_may_end_with_a_slash()
    {
        using var server = Serving(Content);

        Source(server.Address + "/").Find(console);

        Assert.Equal("/data/" + Names[0], server.Asked[0]);
    }

    [Theory]
    [InlineData("404 Not Found", "the server answers 404 NotFound")]
    [InlineData("503 Service Unavailable", "the server answers 503 ServiceUnavailable")]
    public void A_server_that_refuses_is_named(string status, string said)
    {
        using var server = new LocalServer(async (_, stream, end) => await stream.WriteAsync(LocalServer.Status(status), end));

        Assert.Equal($"cannot be downloaded ({said})", Refused(server, Names[0]).Problem);
    }

    [Fact]
    public void An_answer_that_is_cut_off_leaves_nothing_and_what_came_whole_stays()
    {
        using var server = new LocalServer(async (path, stream, end) =>
        {
            var content = Content(Path.GetFileName(path));
            await stream.WriteAsync(LocalServer.Ok(path.EndsWith(Names[1], StringComparison.Ordinal) ? content[..^5] : content, content.Length), end);
        });

        Assert.StartsWith("cannot be downloaded (", Refused(server, Names[1]).Problem);
        Assert.Equal([Names[0]], FilesInCache());

        using var mended = Serving(Content);
        Source(mended.Address).Find(console);
        Assert.Equal([.. Names[1..].Select(name => "/data/" + name)], mended.Asked);
    }

    [Fact]
    public void An_answer_that_ends_early_as_if_whole_is_refused()
    {
        using var server = Serving(name => Content(name)[..^5]);

        Assert.Equal($"is not the published file: it has only {Files[0].Length - 5} of {Files[0].Length} bytes", Refused(server, Names[0]).Problem);
        Assert.Empty(FilesInCache());
    }

    [Fact]
    public void An_answer_that_is_longer_is_refused_without_reading_it_all()
    {
        using var server = new LocalServer(async (path, stream, end) =>
        {
            await stream.WriteAsync(LocalServer.Ok([], long.MaxValue), end);
            while (true) await stream.WriteAsync(new byte[1 << 16], end);
        });

        Assert.Equal($"is not the published file: it is longer than {Files[0].Length} bytes", Refused(server, Names[0]).Problem);
        Assert.Empty(FilesInCache());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void Other_bytes_are_refused(int at)
    {
        using var server = Serving(name =>
        {
            var content = Content(name);
            content[at < 0 ? ^1 : at] ^= 1;
            return content;
        });

        Assert.Equal("is not the published file: its checksum is another", Refused(server, Names[0]).Problem);
        Assert.Empty(FilesInCache());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_server_that_goes_silent_is_left(bool afterTheHeader)
    {
        using var server = new LocalServer(async (path, stream, end) =>
        {
            if (afterTheHeader) await stream.WriteAsync(LocalServer.Ok([1, 2, 3], 1000), end);
            await Task.Delay(Timeout.Infinite, end);
        });

        Assert.Equal("cannot be downloaded (too slow: less than 16 KiB in 0.3 s)", Refused(server, Names[0], TimeSpan.FromSeconds(0.3)).Problem);
        Assert.Empty(FilesInCache());
    }

    [Fact]
    public void A_server_that_drips_is_left()
    {
        using var server = new LocalServer(async (path, stream, end) =>
        {
            await stream.WriteAsync(LocalServer.Ok([], 1000), end);
            while (true)
            {
                await stream.WriteAsync(new byte[1], end);
                await Task.Delay(20, end);
            }
        });

        Assert.Contains("too slow", Refused(server, Names[0], TimeSpan.FromSeconds(0.3)).Problem);
    }

    [Fact]
    public void No_server_is_said_with_the_address()
    {
        string address;
        using (var server = Serving(Content)) address = server.Address;

        var error = Assert.Throws<DatasetException>(() => Source(address).Find(console));

        Assert.Equal($"{address}/{Names[0]}", error.Path);
        Assert.StartsWith("cannot be downloaded (", error.Problem);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Theory]
    [InlineData("nowhere")]
    [InlineData("file:///tmp")]
    [InlineData("http://")]
    public void An_address_that_is_none_is_refused(string address) =>
        Assert.Contains("http://", Assert.Throws<DatasetException>(() => Source(address).Find(console)).Problem);

    [Fact]
    public void A_cache_that_cannot_be_written_is_named()
    {
        using var server = Serving(Content);
        File.WriteAllText(Cache, "a file");

        var error = Assert.Throws<DatasetException>(() => Source(server.Address).Find(console));

        Assert.StartsWith(Path.Combine(Cache, Names[0]) + " cannot be written (", error.Message);
    }

    [Fact]
    public void A_file_that_was_damaged_in_the_cache_is_downloaded_again()
    {
        using var server = Serving(Content);
        Source(server.Address).Find(console);
        File.WriteAllBytes(Path.Combine(Cache, Names[2]), new byte[Files[2].Length]);

        Source(server.Address).Find(console);

        Assert.Equal(Content(Names[2]), File.ReadAllBytes(Path.Combine(Cache, Names[2])));
        Assert.Equal(5, server.Asked.Length);
    }

    [Fact]
    public void Two_that_download_at_once_both_get_it()
    {
        using var first = Serving(Content);
        using var second = Serving(Content);

        Parallel.Invoke(() => Source(first.Address).Find(new StringWriter()), () => Source(second.Address).Find(new StringWriter()));

        Assert.Equal(Names.Order(), FilesInCache());
        Assert.Equal(3, FashionMnist.Load(Cache).Train.Count);
    }

    [Fact]
    public void A_cancelled_download_ends_and_leaves_nothing()
    {
        using var cancel = new CancellationTokenSource();
        using var server = new LocalServer(async (_, stream, end) =>
        {
            await stream.WriteAsync(LocalServer.Ok([1], 1000), end);
            cancel.Cancel();
            await Task.Delay(Timeout.Infinite, end);
        });

        Assert.ThrowsAny<OperationCanceledException>(() => Source(server.Address).Find(console, cancel.Token));
        Assert.Empty(FilesInCache());
    }

    [Fact]
    public void Where_it_cannot_be_had_the_digits_stand_in_and_one_line_says_so()
    {
        using var server = new LocalServer(async (_, stream, end) => await stream.WriteAsync(LocalServer.Status("404 Not Found"), end));

        var images = ImageSet.Load(null, Source(server.Address), console);

        Assert.Equal(("UCI handwritten digits", 1437), (images.Name, images.Train.Count));
        Assert.Equal($"{server.Address}/{Names[0]} cannot be downloaded (the server answers 404 NotFound): training on the handwritten digits of this repository instead.", Lines(console)[^1]);
        Assert.Equal(2, Lines(console).Length); // that, and the attempt
    }

    [Fact]
    public void Data_that_was_named_is_never_replaced_by_other()
    {
        using var server = Serving(Content);

        Assert.Throws<DatasetException>(() => ImageSet.Load(folder.FullName, Source(server.Address), console));
        Assert.Equal(("", 0), (console.ToString(), server.Asked.Length));
    }

    [Theory]
    [InlineData("CompareOptimizers", "--epochs", "1", "--optimizers", "Adam")]
    [InlineData("TrainingLoop", "--epochs", "1")]
    public void The_samples_train_also_where_nothing_answers(string sample, params string[] arguments)
    {
        string address;
        using (var server = Serving(Content)) address = server.Address;
        string[] output = sample == "CompareOptimizers" ? ["--output", folder.FullName] : [];

        var ended = SampleProcess.Run(sample, [.. arguments, .. output],
            new() { [FashionMnistSource.AddressVariable] = address, [FashionMnistSource.CacheVariable] = Cache });

        Assert.Equal((0, ""), (ended.ExitCode, ended.Error));
        Assert.Contains("accuracy", ended.Output);
        Assert.Equal(!Directory.Exists(FashionMnist.DebianFolder), ended.Output.Contains("training on the handwritten digits of this repository instead."));
    }

    private PublishedFile[] Files => [.. Names.Select(name => new PublishedFile(name, Content(name).Length, Convert.ToHexStringLower(Md5(Content(name)))))];

#pragma warning disable CA5351 // the kind of checksum that was published
    private static byte[] Md5(byte[] content) => MD5.HashData(content);
#pragma warning restore CA5351

    private byte[] Content(string name) => File.ReadAllBytes(published.PathOf(name));

    private FashionMnistSource Source(string address, TimeSpan? patience = null) => new()
    {
        Installed = Path.Combine(folder.FullName, "nothing"),
        Cache = Cache,
        Address = address,
        Patience = patience ?? TimeSpan.FromSeconds(30),
        Files = Files,
    };

    private static LocalServer Serving(Func<string, byte[]> content) =>
        new(async (path, stream, end) => await stream.WriteAsync(LocalServer.Ok(content(Path.GetFileName(path))), end));

    private DatasetException Refused(LocalServer server, string name, TimeSpan? patience = null)
    {
        var error = Assert.Throws<DatasetException>(() => Source(server.Address, patience).Find(console));
        Assert.Equal($"{server.Address}/{name}", error.Path);
        Assert.DoesNotContain('\n', error.Message);
        return error;
    }

    private string[] FilesInCache() => [.. Directory.GetFiles(Cache).Select(path => Path.GetFileName(path)).Order()];

    private static string[] Lines(StringWriter text) => text.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
}
