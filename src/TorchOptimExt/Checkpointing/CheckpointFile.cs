using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace TorchOptimExt.Checkpointing;

/// <summary>
/// The file around a checkpoint's content: eight letters, the version (int32), the content, and the SHA-256 of all
/// before it. Numbers are little-endian.
/// </summary>
internal static class CheckpointFile
{
    public const int Version = 1;

    private const int HeadLength = 8 + sizeof(int), BufferLength = 1 << 16;

    private static ReadOnlySpan<byte> Magic => "TOEXCKPT"u8;

    private static readonly UTF8Encoding Text = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Writes the content, then its hash.</summary>
    public static void Write(string path, Action<BinaryWriter> content) =>
        AtomicFile.Write(path, "checkpoint", file => WriteHashed(file, content));

    private static void WriteHashed(FileStream file, Action<BinaryWriter> content)
    {
        using var hash = SHA256.Create();
        using (var hashing = new CryptoStream(file, hash, CryptoStreamMode.Write, leaveOpen: true))
        using (var buffer = new BufferedStream(hashing, BufferLength))
        using (var writer = new BinaryWriter(buffer, Text))
        {
            writer.Write(Magic);
            writer.Write(Version);
            content(writer);
        }
        file.Write(hash.Hash);
    }

    /// <summary>Reads the content of a file that is whole, of this version, and read to its end or left aside.</summary>
    public static T Read<T>(string path, Func<BinaryReader, T> content)
    {
        using var file = Open(path);
        try
        {
            Verify(file);
            file.Position = HeadLength;
            // What follows the content, the hash, is not read as if it were some: it could be the size of anything.
            using var reader = new BinaryReader(new ContentStream(file, ContentEnd(file)), Text, leaveOpen: true);
            return content(reader);
        }
        catch (InvalidDataException e)
        {
            throw new CheckpointException($"The checkpoint '{path}' {e.Message}", e.InnerException);
        }
        catch (EndOfStreamException e)
        {
            throw new CheckpointException($"The checkpoint '{path}' ends too early: another version or another program wrote it.", e);
        }
        catch (Exception e) when (e is FormatException or DecoderFallbackException)
        {
            throw new CheckpointException($"The checkpoint '{path}' holds a name or a text that cannot be read.", e);
        }
    }

    /// <summary>Reads how many things follow that take at least <paramref name="size"/> bytes each.</summary>
    public static int ReadCount(BinaryReader reader, int size)
    {
        var (count, left) = (reader.ReadInt32(), reader.BaseStream.Length - reader.BaseStream.Position);
        if (count < 0 || (long)count * size > left)
            throw new InvalidDataException($"holds a count of {count}, and {Math.Max(0, left)} bytes after it.");
        return count;
    }

    /// <summary>Reads false or true.</summary>
    public static bool ReadFlag(BinaryReader reader) => reader.ReadByte() switch
    {
        0 => false,
        1 => true,
        var other => throw new InvalidDataException($"holds {other} where it is 0 for false or 1 for true."),
    };

    // The number of bytes of the file before its hash.
    private static long ContentEnd(FileStream file) => file.Length - SHA256.HashSizeInBytes;

    // A writer that looks for what others left has a file locked for a moment, even one that has become a checkpoint meanwhile.
    private static FileStream Open(string path)
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                return new(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, BufferLength);
            }
            catch (IOException e) when (e.GetType() == typeof(IOException) && tries < 20)
            {
                Thread.Sleep(5);
            }
        }
    }

    private static void Verify(FileStream file)
    {
        var head = new byte[HeadLength];
        var read = file.ReadAtLeast(head, HeadLength, throwOnEndOfStream: false);
        if (!Magic.StartsWith(head.AsSpan(0, Math.Min(read, Magic.Length))))
            throw new InvalidDataException("is not a checkpoint, or is damaged: it does not begin like one.");
        if (read < HeadLength) throw Truncated(file);
        var version = BinaryPrimitives.ReadInt32LittleEndian(head.AsSpan(Magic.Length));
        if (version != Version) throw new InvalidDataException($"has version {version}; this library reads version {Version}.");
        var end = ContentEnd(file);
        if (end < HeadLength) throw Truncated(file);
        if (!Hash(file, end).AsSpan().SequenceEqual(Tail(file)))
            throw new InvalidDataException(
                $"is damaged: its {file.Length} bytes do not have the checksum at its end. It may be truncated.");
    }

    private static InvalidDataException Truncated(FileStream file) => new($"is truncated: it has only {file.Length} bytes.");

    private static byte[] Hash(FileStream file, long end)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[BufferLength];
        file.Position = 0;
        for (var left = end; left > 0;)
        {
            var count = file.Read(buffer, 0, (int)Math.Min(left, buffer.Length));
            if (count == 0) throw Truncated(file);
            hash.AppendData(buffer, 0, count);
            left -= count;
        }
        return hash.GetHashAndReset();
    }

    private static byte[] Tail(FileStream file)
    {
        var tail = new byte[SHA256.HashSizeInBytes];
        file.ReadExactly(tail);
        return tail;
    }
}
