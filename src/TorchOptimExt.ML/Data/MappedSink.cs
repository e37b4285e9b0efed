using System.Globalization;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace TorchOptimExt.ML.Data;

/// <summary>
/// A column in a temporary file that is mapped: its pages are those of the file, which the system drops from memory where it is short.
/// </summary>
/// <remarks>
/// On Unix the file loses its name as soon as it exists, and lives as long as it is open or mapped: nothing is left of it however the
/// process ends. Windows deletes no file that is mapped; there it goes when the sink is disposed.
/// </remarks>
internal sealed class MappedSink : ColumnSink
{
    private readonly string path;
    private readonly ScalarType dtype;
    private FileStream? file;
    private long written;

    internal MappedSink(string directory, ScalarType dtype)
    {
        this.dtype = dtype;
        path = Path.Combine(directory, $"torch-rows-{Path.GetRandomFileName()}");
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.ReadWrite,
            BufferSize = 0,
        };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        try
        {
            file = new FileStream(path, options);
            if (!OperatingSystem.IsWindows()) File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"The training rows cannot be written to '{directory}': {e.Message} Set CacheDirectory to a folder that "
                + "this process may write to.", e);
        }
    }

    internal override void Append<T>(ReadOnlySpan<T> values)
    {
        try { file!.Write(MemoryMarshal.AsBytes(values)); }
        catch (Exception e) when (e is IOException or ArgumentOutOfRangeException)      // the latter: past a limit on the size of files
        {
            throw new IOException($"The training rows cannot be written to '{Path.GetDirectoryName(path)}' after "
                + $"{file!.Position:n0} bytes: {e.Message} Set CacheDirectory to a folder on a drive with more space.", e);
        }
        written += values.Length;
    }

    // Without a name, the file is opened again by its descriptor.
    internal override Tensor End(params long[] shape)
    {
        if (written == 0) return empty(shape, dtype).DetachFromDisposeScope();
        var opened = file!;
        var name = OperatingSystem.IsWindows() ? path
            : string.Create(CultureInfo.InvariantCulture, $"/dev/fd/{opened.SafeFileHandle.DangerousGetHandle()}");
        if (OperatingSystem.IsWindows()) opened.Dispose();
        using var numbers = from_file(name, shared: true, written, dtype);
        opened.Dispose();
        file = null;
        return numbers.view(shape).DetachFromDisposeScope();
    }

    public override void Dispose()
    {
        file?.Dispose();
        file = null;
        if (!OperatingSystem.IsWindows()) return;
        try { File.Delete(path); }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A tensor of the caller's still maps it.
        }
    }
}
