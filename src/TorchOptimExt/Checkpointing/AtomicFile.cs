using System.Security.Cryptography;
using System.Text;

namespace TorchOptimExt.Checkpointing;

/// <summary>
/// Replaces a file in one move: its path names the old content or the new one at every moment, also after the power failed.
/// </summary>
/// <remarks>
/// Each writer has a temporary file of its own beside the target, which it holds locked until it is renamed; what a killed one
/// left is not locked, and the next writer removes it. A symbolic link stays, and what it leads to is replaced. On Unix an
/// existing file's permissions are kept.
/// </remarks>
internal static class AtomicFile
{
    private const string Suffix = ".partial";

    /// <param name="path">The file.</param>
    /// <param name="what">What it is, for errors.</param>
    /// <param name="content">Writes it.</param>
    public static void Write(string path, string what, Action<FileStream> content)
    {
        var given = new FileInfo(path);
        var target = given.LinkTarget is null ? given.FullName : given.ResolveLinkTarget(returnFinalTarget: true)!.FullName;
        var folder = Path.GetDirectoryName(target);
        if (Directory.Exists(target))
            throw new UnauthorizedAccessException($"The {what} '{path}' cannot be written: there is a folder.");
        if (target.StartsWith("/dev/", StringComparison.Ordinal) && !target.StartsWith("/dev/shm/", StringComparison.Ordinal))
            throw new UnauthorizedAccessException($"The {what} '{path}' cannot be written: that is a device, not a file.");
        if (!Directory.Exists(folder))
            throw new DirectoryNotFoundException($"The {what} '{path}' cannot be written: no folder '{folder}'.");
        var stem = Stem(target);
        RemoveLeftovers(folder, stem);
        var temporary = Path.Combine(folder, $"{stem}.{Path.GetRandomFileName()}{Suffix}");
        try
        {
            Replace(temporary, target, content);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException
            && e.Message.Contains(temporary, StringComparison.Ordinal))
        {
            throw Renamed(e, e.Message.Replace(temporary, path, StringComparison.Ordinal));
        }
        catch (ArgumentOutOfRangeException e) when (e.Source == typeof(FileStream).Assembly.GetName().Name)
        {
            throw new IOException($"The {what} '{path}' cannot be written: it is larger than its file system or a limit allows.", e);
        }
        Disk.FlushFolder(folder);
    }

    private static void Replace(string temporary, string target, Action<FileStream> content)
    {
        using var file = new FileStream(temporary, Options(target));
        try
        {
            if (!OperatingSystem.IsWindows() && File.Exists(target))
                File.SetUnixFileMode(file.SafeFileHandle, File.GetUnixFileMode(target));
            content(file);
            file.Flush(flushToDisk: true);
            File.Move(temporary, target, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    // CreateNew follows no link that stands in the temporary file's place, and from the start nobody reads it who may not read the target.
    private static FileStreamOptions Options(string target)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            Share = FileShare.Delete,
            BufferSize = 0
        };
        if (!OperatingSystem.IsWindows() && File.Exists(target)) options.UnixCreateMode = File.GetUnixFileMode(target);
        return options;
    }

    // File systems allow names of 255 bytes.
    private static string Stem(string target)
    {
        var name = Path.GetFileName(target);
        return Encoding.UTF8.GetByteCount(name) <= 200 ? name : Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(name)));
    }

    private static void RemoveLeftovers(string folder, string stem)
    {
        foreach (var leftover in new DirectoryInfo(folder).EnumerateFiles("*" + Suffix))
        {
            var name = leftover.Name;
            if (!name.StartsWith(stem + ".", StringComparison.Ordinal) || name.Length != stem.Length + 13 + Suffix.Length) continue;
            try
            {
                // A writer that has just begun has no lock yet.
                if (leftover.Length == 0 && leftover.LastWriteTimeUtc > DateTime.UtcNow.AddMinutes(-1)) continue;
                using var locked = new FileStream(leftover.FullName, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
                leftover.Delete();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Its writer is at work, or it is not ours.
            }
        }
    }

    private static Exception Renamed(Exception e, string message) => e switch
    {
        UnauthorizedAccessException => new UnauthorizedAccessException(message),
        DirectoryNotFoundException => new DirectoryNotFoundException(message),
        _ => new IOException(message, e.HResult),
    };
}
