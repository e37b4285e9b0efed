using System.Buffers.Binary;
using System.IO.Compression;

namespace Datasets;

/// <summary>An array of unsigned bytes in the IDX format of the MNIST data sets: a magic number, the big-endian sizes of the dimensions, the elements in row-major order.</summary>
public sealed record IdxFile(int[] Dimensions, byte[] Elements)
{
    private const byte UnsignedByte = 0x08;

    /// <summary>Reads a file that holds an array with <paramref name="rank"/> dimensions.</summary>
    /// <param name="path">The file, compressed with gzip where its name ends in <c>.gz</c>.</param>
    /// <param name="rank">How many dimensions the array must have.</param>
    /// <exception cref="DatasetException">The file cannot be read, or is not exactly one such array.</exception>
    public static IdxFile Read(string path, int rank)
    {
        try
        {
            using var file = File.OpenRead(path);
            if (!path.EndsWith(".gz", StringComparison.Ordinal))
                return Read(file, path, rank);
            using var content = new GZipStream(file, CompressionMode.Decompress);
            var array = Read(content, path, rank);
            CheckStoredLength(file, path, HeaderLength(rank) + array.Elements.Length);
            return array;
        }
        catch (InvalidDataException e)
        {
            throw new DatasetException(path, $"is corrupt ({e.Message.TrimEnd('.')})", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DatasetException(path, $"cannot be read ({e.Message.TrimEnd('.')})", e);
        }
    }

    private static int HeaderLength(int rank) => 4 + 4 * rank;

    private static IdxFile Read(Stream stream, string path, int rank)
    {
        var dimensions = ReadDimensions(stream, path, rank);
        return new IdxFile(dimensions, ReadElements(stream, path, dimensions));
    }

    /// <summary>A gzip file ends with the length of its content (RFC 1952); GZipStream does not miss it.</summary>
    private static void CheckStoredLength(FileStream file, string path, int length)
    {
        Span<byte> stored = stackalloc byte[4];
        file.Seek(-stored.Length, SeekOrigin.End);
        file.ReadExactly(stored);
        if (BinaryPrimitives.ReadUInt32LittleEndian(stored) != length)
            throw new DatasetException(path, "is truncated: it ends within its checksum");
    }

    private static int[] ReadDimensions(Stream stream, string path, int rank)
    {
        var header = ReadUpTo(stream, HeaderLength(rank));
        if (header.Length < HeaderLength(rank))
            throw new DatasetException(path, "is truncated: it ends within its header");
        if (header is not [0, 0, UnsignedByte, var stored, ..] || stored != rank)
            throw new DatasetException(path, $"is corrupt: it is not an IDX file of bytes in {rank} dimension(s)");
        var dimensions = new int[rank];
        for (var i = 0; i < rank; i++)
            dimensions[i] = BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(4 + 4 * i));
        return dimensions;
    }

    private static byte[] ReadElements(Stream stream, string path, int[] dimensions)
    {
        if (dimensions.Any(size => size <= 0) || dimensions.Aggregate(1.0, (product, size) => product * size) > Array.MaxLength)
            throw new DatasetException(path, $"is corrupt: its header says {string.Join(" x ", dimensions)} elements");
        var length = dimensions.Aggregate((product, size) => product * size);
        var elements = ReadUpTo(stream, length);
        if (elements.Length < length)
            throw new DatasetException(path, $"is truncated: it holds {elements.Length} of {length} elements");
        return stream.ReadByte() < 0 ? elements : throw new DatasetException(path, $"is corrupt: more follows after its {length} elements");
    }

    /// <summary>The next <paramref name="count"/> bytes, or as many as there are; never allocates what a false header claims.</summary>
    private static byte[] ReadUpTo(Stream stream, int count)
    {
        const int chunk = 1 << 20;
        var bytes = new byte[Math.Min(count, chunk)];
        for (var read = 0; ;)
        {
            var got = stream.ReadAtLeast(bytes.AsSpan(read), bytes.Length - read, throwOnEndOfStream: false);
            read += got;
            if (read < bytes.Length || read == count)
                return bytes[..read];
            Array.Resize(ref bytes, (int)Math.Min(count, 2L * read));
        }
    }
}
