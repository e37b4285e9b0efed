namespace TorchOptimExt.PyTorch;

/// <summary>Files that are written whole or not at all, and whose faults are named with their path.</summary>
internal static class WholeFile
{
    /// <summary>Writes beside the path, forces it to the disk, and renames.</summary>
    public static void Write(string path, Action<Stream> content)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var partial = path + ".partial";
        var file = new FileStream(partial, FileMode.Create, FileAccess.ReadWrite, FileShare.None);
        try
        {
            using (file)
            {
                content(file);
                file.Flush(flushToDisk: true);
            }
            File.Move(partial, path, overwrite: true);
        }
        catch
        {
            File.Delete(partial);
            throw;
        }
    }

    public static T Read<T>(string path, Func<Stream, T> content)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        return Naming(path, () => content(file));
    }

    /// <summary>Runs what checks a file's content.</summary>
    public static T Naming<T>(string path, Func<T> check)
    {
        try
        {
            return check();
        }
        catch (PyTorchFileException e)
        {
            throw new PyTorchFileException($"The file '{path}' {e.Message}", e.InnerException);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or OverflowException or ArgumentException
            or NotSupportedException or System.Text.Json.JsonException or System.Runtime.InteropServices.ExternalException)
        {
            throw new PyTorchFileException($"The file '{path}' is damaged: {e.Message}", e);
        }
    }
}
