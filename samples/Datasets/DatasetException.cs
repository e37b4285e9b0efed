namespace Datasets;

/// <summary>Data that a sample needs is missing, truncated or corrupt; the message says which file, what is wrong with it and what to do.</summary>
public sealed class DatasetException(string path, string problem, Exception? inner = null)
    : Exception($"{path} {problem}; {Remedy}", inner)
{
    /// <summary>The file or address that has the problem.</summary>
    public string Path { get; } = path;

    /// <summary>What is wrong with it: the rest of a sentence that begins with <see cref="Path"/>.</summary>
    public string Problem { get; } = problem;

    private const string Remedy = "install Debian's package dataset-fashion-mnist, or name a folder that holds the four IDX files with --data.";
}
