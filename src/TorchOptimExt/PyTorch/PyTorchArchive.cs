using System.IO.Compression;
using ICSharpCode.SharpZipLib.Checksum;
using static TorchSharp.torch;

namespace TorchOptimExt.PyTorch;

/// <summary>The zip file around a pickle and the storages of its tensors, as <c>torch.save</c> writes it since PyTorch 1.6: every part
/// uncompressed, with its checksum.</summary>
internal sealed class PyTorchArchive
{
    private const string Folder = "archive/";

    private readonly Dictionary<string, (ScalarType type, Tensor tensor)> read = [];
    private readonly ZipArchive archive;
    private readonly string folder;
    private readonly long length;

    private PyTorchArchive(ZipArchive archive, long length)
    {
        (this.archive, this.length) = (archive, length);
        var pickles = archive.Entries.Where(entry => entry.FullName.EndsWith("/data.pkl", StringComparison.Ordinal)).ToList();
        if (pickles is not [var pickle])
            throw new PyTorchFileException("is not one of PyTorch's files, or is damaged: it has no data.pkl.");
        folder = pickle.FullName[..^"data.pkl".Length];
    }

    public static void Write(Stream file, object? tree)
    {
        using var writer = new PickleWriter();
        var pickle = writer.Write(tree);
        using var archive = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true);
        Add("data.pkl", part => part.Write(pickle));
        Add("byteorder", part => part.Write("little"u8));
        foreach (var (key, write) in writer.Storages.All) Add($"data/{key}", write);
        Add("version", part => part.Write("3\n"u8));

        void Add(string name, Action<Stream> content)
        {
            using var part = archive.CreateEntry(Folder + name, CompressionLevel.NoCompression).Open();
            content(part);
        }
    }

    /// <summary>Reads and verifies all of a file.</summary>
    /// <exception cref="PyTorchFileException">The file is no such file, damaged, or holds what is refused.</exception>
    public static object? Read(Stream file)
    {
        CheckBeginning(file);
        using var archive = new ZipArchive(file, ZipArchiveMode.Read, leaveOpen: true);
        return new PyTorchArchive(archive, file.Length).Tree();
    }

    private object? Tree()
    {
        if (archive.GetEntry(folder + "constants.pkl") is not null)
            throw new PyTorchFileException("is a TorchScript module, which holds code: load it with torch.jit.load.");
        if (archive.GetEntry(folder + "byteorder") is { } order && !Bytes(order).AsSpan().SequenceEqual("little"u8))
            throw new PyTorchFileException("was written on a big-endian machine: load it in Python and save it again on another.");
        return new PickleReader(Bytes(Part("data.pkl")), Storage).Read();
    }

    private ZipArchiveEntry Part(string name) =>
        archive.GetEntry(folder + name) ?? throw new PyTorchFileException($"is damaged: its part '{name}' is missing.");

    private static void CheckBeginning(Stream file)
    {
        Span<byte> first = stackalloc byte[4];
        var count = file.ReadAtLeast(first, first.Length, throwOnEndOfStream: false);
        if (!first[..count].SequenceEqual("PK\u0003\u0004"u8))
            throw new PyTorchFileException("is not a file of PyTorch 1.6 or later, or is damaged: it does not begin like a zip file. " +
                "A file in the older format is to be loaded in Python and saved again.");
        file.Position = 0;
    }

    private Tensor Storage(StorageReference source)
    {
        if (read.TryGetValue(source.Key, out var before))
            return before.type == source.Type && before.tensor.NumberOfElements == source.Elements ? before.tensor
                : throw new PyTorchFileException($"is damaged: storage {source.Key} has two types.");
        var entry = Part($"data/{source.Key}");
        CheckLength(entry, checked(source.Elements * ElementTypes.Size(source.Type)));
        var crc = new Crc32();
        using var part = entry.Open();
        var tensor = TensorBytes.Read(source.Elements, source.Type, part, crc.Update);
        CheckChecksum(entry, crc);
        read.Add(source.Key, (source.Type, tensor));
        return tensor;
    }

    private byte[] Bytes(ZipArchiveEntry entry)
    {
        CheckLength(entry, entry.Length);
        var bytes = new byte[entry.Length];
        using var part = entry.Open();
        part.ReadExactly(bytes);
        var crc = new Crc32();
        crc.Update(bytes);
        CheckChecksum(entry, crc);
        return bytes;
    }

    // Parts are as long in the file as in memory: no few bytes can claim to be many.
    private void CheckLength(ZipArchiveEntry entry, long expected)
    {
        if (entry.CompressedLength != entry.Length)
            throw new PyTorchFileException($"has its part '{entry.FullName}' compressed, which PyTorch never does.");
        if (entry.Length != expected || entry.Length > length)
            throw new PyTorchFileException($"is damaged: its part '{entry.FullName}' has {entry.Length} bytes, not {expected}.");
    }

    private static void CheckChecksum(ZipArchiveEntry entry, Crc32 crc)
    {
        if ((uint)crc.Value != entry.Crc32)
            throw new PyTorchFileException($"is damaged: its part '{entry.FullName}' does not have its checksum.");
    }
}
