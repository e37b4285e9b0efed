namespace CompareOptimizers.Report;

/// <summary>The folder that the report is written to.</summary>
internal sealed class OutputFolder
{
    private readonly string path;

    private OutputFolder(string path) => this.path = path;

    /// <summary>Creates the folder where it is missing and tries to write to it, so that a run does not end with nowhere to leave its results.</summary>
    /// <exception cref="UserException">It cannot be written to.</exception>
    public static OutputFolder Open(string path)
    {
        var folder = new OutputFolder(path);
        folder.Write(".writable", "");
        File.Delete(Path.Combine(path, ".writable"));
        return folder;
    }

    /// <summary>Writes a file, perhaps in a folder of its own, whole or not at all, and returns its path.</summary>
    /// <exception cref="UserException">It cannot be written.</exception>
    public string Write(string name, string content)
    {
        var file = Path.Combine(path, name);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file + ".part", content);
            File.Move(file + ".part", file, overwrite: true);
            return file;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new UserException($"Cannot write to {path} ({e.Message.TrimEnd('.')}); name a folder that can be written with --output.", e);
        }
    }
}
