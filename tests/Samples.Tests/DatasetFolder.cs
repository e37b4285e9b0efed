using System.Buffers.Binary;
using System.IO.Compression;

namespace Samples.Tests;

/// <summary>A temporary folder with IDX files in the layout of Fashion-MNIST: three images to train with, two to test with.</summary>
public sealed class DatasetFolder : IDisposable
{
    public const string TrainImages = "train-images-idx3-ubyte", TrainLabels = "train-labels-idx1-ubyte";
    public const string TestImages = "t10k-images-idx3-ubyte", TestLabels = "t10k-labels-idx1-ubyte";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("datasets-");

    public DatasetFolder(bool compressed = false)
    {
        var suffix = compressed ? ".gz" : "";
        Write(TrainImages + suffix, Idx([3, 28, 28], Pixels(3)));
        Write(TrainLabels + suffix, Idx([3], [9, 0, 4]));
        Write(TestImages + suffix, Idx([2, 28, 28], Pixels(2)));
        Write(TestLabels + suffix, Idx([2], [1, 2]));
    }

    public string FullName => _folder.FullName;

    public string PathOf(string name) => Path.Combine(FullName, name);

    public static byte[] Pixels(int images) => [.. Enumerable.Range(0, images * 28 * 28).Select(i => (byte)(i * 7))];

    public static byte[] Idx(int[] dimensions, byte[] elements, byte type = 0x08)
    {
        var file = new byte[4 + 4 * dimensions.Length + elements.Length];
        file[2] = type;
        file[3] = (byte)dimensions.Length;
        for (var i = 0; i < dimensions.Length; i++)
            BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(4 + 4 * i), dimensions[i]);
        elements.CopyTo(file, 4 + 4 * dimensions.Length);
        return file;
    }

    public void Write(string name, byte[] content)
    {
        using Stream file = File.Create(PathOf(name));
        using var stream = name.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionLevel.Fastest) : file;
        stream.Write(content);
    }

    /// <summary>Replaces the bytes of a file as they lie on disk.</summary>
    public void Damage(string name, Func<byte[], byte[]> damage) => File.WriteAllBytes(PathOf(name), damage(File.ReadAllBytes(PathOf(name))));

    public void Dispose() => _folder.Delete(recursive: true);
}
