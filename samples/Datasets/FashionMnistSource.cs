using System.Security.Cryptography;

namespace Datasets;

/// <summary>Where the files of Fashion-MNIST come from: Debian's package, else a cache for this user, which is filled by a download once.</summary>
public sealed class FashionMnistSource
{
    /// <summary>The environment variable that names another address to download from, for instance a mirror.</summary>
    public const string AddressVariable = "FASHION_MNIST_ADDRESS";

    /// <summary>The environment variable that names another folder for what was downloaded.</summary>
    public const string CacheVariable = "FASHION_MNIST_CACHE";

    private const string PublishedAddress = "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/";

    private static readonly PublishedFile[] Published =
    [
        new("train-images-idx3-ubyte.gz", 26_421_880, "8d4fb7e6c68d591d4c3dfef9ec88bf0d"),
        new("train-labels-idx1-ubyte.gz", 29_515, "25c81989df183df01b3e8a0aad5dffbe"),
        new("t10k-images-idx3-ubyte.gz", 4_422_102, "bef4ecab320f06d8554ea6380940ec79"),
        new("t10k-labels-idx1-ubyte.gz", 5_148, "bb300cfdad3c16e7a12a480ee83cd310"),
    ];

    /// <summary>A folder that is taken where it has the files.</summary>
    public string Installed { get; init; } = FashionMnist.DebianFolder;

    /// <summary>Where a download is kept.</summary>
    public string Cache { get; init; } = Environment.GetEnvironmentVariable(CacheVariable) is { Length: > 0 } folder ? folder : CacheOfThisUser();

    /// <summary>Where the files are downloaded from: what their names are appended to.</summary>
    public string Address { get; init; } = Environment.GetEnvironmentVariable(AddressVariable) is { Length: > 0 } address ? address : PublishedAddress;

    /// <summary>How long to wait for a connection or for the next 16 KiB before giving up.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(30);

    internal IReadOnlyList<PublishedFile> Files { get; init; } = Published;

    /// <summary>A folder with the files: downloads what neither <see cref="Installed"/> nor <see cref="Cache"/> has.</summary>
    /// <param name="console">Is told of a download and how far it is.</param>
    /// <param name="cancel">Ends a download.</param>
    /// <exception cref="DatasetException">They cannot be downloaded, or not be written.</exception>
    /// <exception cref="OperationCanceledException">As <paramref name="cancel"/> asked.</exception>
    public string Find(TextWriter console, CancellationToken cancel = default)
    {
        if (Files.All(file => File.Exists(Path.Combine(Installed, file.Name)) || File.Exists(Path.Combine(Installed, Path.GetFileNameWithoutExtension(file.Name)))))
            return Installed;
        PublishedFile[] missing = [.. Files.Where(file => !IsWhole(Path.Combine(Cache, file.Name), file))];
        if (missing.Length > 0)
            new Download(Address, Cache, Patience, cancel).Run(missing, console);
        return Cache;
    }

    private static bool IsWhole(string path, PublishedFile file)
    {
        try
        {
            using var stream = File.OpenRead(path);
            return stream.Length == file.Length && Convert.ToHexStringLower(Md5Of(stream)) == file.Md5;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

#pragma warning disable CA5351 // the checksum that was published
    private static byte[] Md5Of(Stream stream) => MD5.HashData(stream);
#pragma warning restore CA5351

    private static string CacheOfThisUser()
    {
        var data = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        return Path.Combine(data.Length > 0 ? data : Path.GetTempPath(), "TorchOptimExt", "fashion-mnist");
    }
}
