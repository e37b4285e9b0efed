using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using TorchOptimExt.ML.Modules;

namespace TorchOptimExt.ML.Saving;

/// <summary>
/// A file of a pipeline: the zip that ML.NET makes of it, in which torch models are named by numbers, with their weights as entries that
/// are not compressed, and at the end the SHA-256 of each entry. Weights go tensor by tensor, to the file and from it.
/// </summary>
internal static class ModelFile
{
    private const string Folder = "TorchOptimExt.ML/", Manifest = Folder + "manifest", Head = "TorchOptimExt.ML model file, version ";
    private const int Version = 1, BufferLength = 1 << 16;

    private static string Weights(int number) => string.Create(CultureInfo.InvariantCulture, $"{Folder}weights{number}");

    /// <param name="target">Where the file goes.</param>
    /// <param name="savePipeline">Saves the pipeline by ML.NET.</param>
    internal static void Write(Stream target, Action<Stream> savePipeline)
    {
        using var pipeline = new MemoryStream();
        using var apart = new WeightsApart();
        savePipeline(pipeline);
        using var zip = new ZipArchive(target, ZipArchiveMode.Create, leaveOpen: true);
        var manifest = new StringBuilder(Head).Append(Version).Append('\n');
        using (var steps = new ZipArchive(pipeline, ZipArchiveMode.Read))
            foreach (var step in steps.Entries)
                Add(step.FullName, CompressionLevel.Fastest, stream =>
                {
                    using var content = step.Open();
                    content.CopyTo(stream);
                });
        for (var k = 0; k < apart.Models.Count; k++)
            Add(Weights(k), CompressionLevel.NoCompression, stream => ModuleBytes.Write(apart.Models[k].Live, stream));
        using var end = new StreamWriter(zip.CreateEntry(Manifest, CompressionLevel.NoCompression).Open());
        end.Write(manifest);

        void Add(string name, CompressionLevel level, Action<Stream> write)
        {
            using var hash = SHA256.Create();
            using (var entry = zip.CreateEntry(name, level).Open())
            using (var hashing = new CryptoStream(entry, hash, CryptoStreamMode.Write))
            using (var buffer = new BufferedStream(hashing, BufferLength)) write(buffer);
            manifest.Append(Convert.ToHexString(hash.Hash!)).Append(' ').Append(name).Append('\n');
        }
    }

    /// <summary>Reads a file that <see cref="Write"/> made, after all of it was verified, or one of ML.NET's own.</summary>
    /// <param name="source">The file; it can seek.</param>
    /// <param name="name">What to call it in errors.</param>
    /// <param name="loadPipeline">Loads the pipeline by ML.NET and gives the torch models their weights, by their numbers.</param>
    /// <exception cref="InvalidDataException">The file is damaged, cut off, or of another version.</exception>
    internal static T Read<T>(Stream source, string name, Func<Func<int, Stream>, T> loadPipeline)
    {
        using var zip = Open(source, name);
        Verify(zip, name);
        using var apart = new WeightsApart();
        return loadPipeline(number => Entry(zip, Weights(number), name).Open());
    }

    private static ZipArchive Open(Stream source, string name)
    {
        try { return new ZipArchive(source, ZipArchiveMode.Read, leaveOpen: true); }
        catch (InvalidDataException e) { throw Damaged(name, e.Message, e); }
    }

    private static ZipArchiveEntry Entry(ZipArchive zip, string entry, string name) => zip.GetEntry(entry)
        ?? throw Damaged(name, $"it has no '{entry}'");

    private static void Verify(ZipArchive zip, string name)
    {
        try
        {
            if (!zip.Entries.Any(entry => entry.FullName.StartsWith(Folder, StringComparison.Ordinal))) return;     // ML.NET's own
            var hashes = Hashes(Entry(zip, Manifest, name), name);
            if (hashes.Count != zip.Entries.Count - 1) throw Damaged(name, "entries are missing or were added");
            foreach (var (entry, hash) in hashes)
            {
                using var content = Entry(zip, entry, name).Open();
                if (!SHA256.HashData(content).SequenceEqual(hash)) throw Damaged(name, $"'{entry}' has changed");
            }
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException or IOException
            || (e is InvalidDataException && !e.Message.Contains(name, StringComparison.Ordinal)))
        {
            throw Damaged(name, e.Message, e);
        }
    }

    private static List<(string entry, byte[] hash)> Hashes(ZipArchiveEntry manifest, string name)
    {
        using var reader = new StreamReader(manifest.Open());
        var head = reader.ReadLine();
        if (head != Head + Version)
            throw new InvalidDataException($"{name} begins with '{head}'; this library reads '{Head}{Version}'.");
        var hashes = new List<(string, byte[])>();
        while (reader.ReadLine() is { } line)
        {
            if (line.Length < 66) throw Damaged(name, "its manifest has changed");
            try { hashes.Add((line[65..], Convert.FromHexString(line[..64]))); }
            catch (FormatException e) { throw Damaged(name, "its manifest has changed", e); }
        }
        return hashes;
    }

    private static InvalidDataException Damaged(string name, string how, Exception? cause = null) =>
        new($"{name} is damaged or cut off: {how}.", cause);
}
