using static TorchSharp.torch;

namespace TorchOptimExt.ML.Data;

/// <summary>Where the rows of a training lie: in memory, or in temporary files that are mapped.</summary>
/// <param name="directory">The folder of the files; null for memory.</param>
/// <exception cref="DirectoryNotFoundException">The folder does not exist.</exception>
internal sealed class RowStore(string? directory) : IDisposable
{
    private readonly string? directory = directory is null || Directory.Exists(directory) ? directory
        : throw new DirectoryNotFoundException($"There is no folder '{directory}' for the training rows. Set CacheDirectory to one that "
            + "exists.");
    private readonly List<MappedSink> files = [];

    /// <summary>Whether rows lie in files.</summary>
    internal bool OnDisk => directory is not null;

    /// <summary>The folder of the files, where rows lie in such.</summary>
    internal string Folder => directory ?? "";

    /// <summary>A new column of numbers.</summary>
    /// <param name="dtype">Of the numbers.</param>
    /// <param name="expected">How many there will be, as far as it is known.</param>
    internal ColumnSink Column(ScalarType dtype, long expected)
    {
        if (directory is null) return new ColumnSink.Memory(dtype, expected);
        var file = new MappedSink(directory, dtype);
        files.Add(file);
        return file;
    }

    /// <summary>The free bytes of the drive that the files lie on; null where it cannot be known.</summary>
    internal long? FreeBytes()
    {
        try { return new DriveInfo(Path.GetFullPath(Folder)).AvailableFreeSpace; }
        catch (Exception e) when (e is ArgumentException or IOException or UnauthorizedAccessException) { return null; }
    }

    /// <summary>Deletes the files; to be called after the tensors that map them were disposed.</summary>
    public void Dispose()
    {
        foreach (var file in files) file.Dispose();
    }
}
