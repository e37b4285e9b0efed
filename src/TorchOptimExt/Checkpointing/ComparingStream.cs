namespace TorchOptimExt.Checkpointing;

/// <summary>Compares what is written with what another stream holds from its position on.</summary>
internal sealed class ComparingStream(Stream expected) : Stream
{
    private readonly byte[] buffer = new byte[1 << 16];

    public bool IsSame { get; private set; } = true;

    public override bool CanRead => false;
    public override bool CanSeek => false;
    public override bool CanWrite => true;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> written)
    {
        while (IsSame && written.Length > 0)
        {
            var count = expected.Read(buffer, 0, Math.Min(written.Length, buffer.Length));
            IsSame = count > 0 && written[..count].SequenceEqual(buffer.AsSpan(0, count));
            written = written[count..];
        }
    }

    public override void Flush() { }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
}
