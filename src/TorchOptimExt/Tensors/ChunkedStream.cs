namespace TorchOptimExt.Tensors;

/// <summary>A stream in memory that may be larger than an array.</summary>
internal sealed class ChunkedStream : Stream
{
    private const int ChunkLength = 1 << 20;

    private readonly List<byte[]> chunks = [];
    private long length;

    public override bool CanRead => true;
    public override bool CanSeek => true;
    public override bool CanWrite => true;
    public override long Length => length;
    public override long Position { get; set; }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        var within = (int)(Position % ChunkLength);
        var count = (int)Math.Min(Math.Min(buffer.Length, ChunkLength - within), Math.Max(0, length - Position));
        if (count > 0) chunks[(int)(Position / ChunkLength)].AsSpan(within, count).CopyTo(buffer);
        Position += count;
        return count;
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (buffer.Length > 0)
        {
            var (chunk, within) = ((int)(Position / ChunkLength), (int)(Position % ChunkLength));
            if (chunk == chunks.Count) chunks.Add(new byte[ChunkLength]);
            var count = Math.Min(buffer.Length, ChunkLength - within);
            buffer[..count].CopyTo(chunks[chunk].AsSpan(within));
            buffer = buffer[count..];
            Position += count;
            length = Math.Max(length, Position);
        }
    }

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
}
