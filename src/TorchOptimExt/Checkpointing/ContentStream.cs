namespace TorchOptimExt.Checkpointing;

/// <summary>A file to read up to where its content ends, as if there were nothing after it.</summary>
/// <param name="file">The file, which stays open.</param>
/// <param name="length">Where its content ends.</param>
internal sealed class ContentStream(Stream file, long length) : Stream
{
    public override bool CanRead => true;
    public override bool CanSeek => true;
    public override bool CanWrite => false;
    public override long Length => length;
    public override long Position { get => file.Position; set => file.Position = value; }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer) => file.Read(buffer[..(int)Math.Clamp(length - Position, 0, buffer.Length)]);

    public override long Seek(long offset, SeekOrigin origin) =>
        Position = offset + origin switch { SeekOrigin.Begin => 0, SeekOrigin.Current => Position, _ => length };

    public override void Flush() { }

    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
