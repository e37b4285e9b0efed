using TorchOptimExt.PyTorch;
using static TorchSharp.torch;

namespace TorchOptimExt;

/// <summary>Files in the safetensors format, in which many trained models are published: named tensors, and texts about them.</summary>
/// <remarks>
/// The format has no checksum: a file that was cut or whose header was damaged is refused, a flipped bit in the elements cannot be seen.
/// </remarks>
/// <example>
/// <code>
/// SafetensorsFile.Save("model.safetensors", model);
/// SafetensorsFile.Load("model.safetensors", model);
/// </code>
/// </example>
public sealed class SafetensorsFile
{
    private SafetensorsFile(List<KeyValuePair<string, Tensor>> tensors, Dictionary<string, string> metadata) =>
        (Tensors, Metadata) = (tensors, metadata);

    /// <summary>The tensors with their names, in the file's order, on the CPU.</summary>
    public IReadOnlyList<KeyValuePair<string, Tensor>> Tensors { get; }

    /// <summary>The texts that the file holds beside them; 'format' is 'pt' for PyTorch.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <returns>All of it.</returns>
    /// <exception cref="PyTorchFileException">The file is damaged or no such file, or has a type that TorchSharp lacks.</exception>
    /// <exception cref="ArgumentException">The path is null or empty.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static SafetensorsFile Read(string path)
    {
        using var scope = NewDisposeScope();
        var (tensors, metadata) = WholeFile.Read(path, SafetensorsLayout.Read);
        tensors.ForEach(entry => scope.MoveToOuter(entry.Value));
        return new(tensors, metadata);
    }

    /// <summary>Writes tensors: a whole file, or none, those with elements of many bytes first. Views and slices are written as tensors of
    /// their own.</summary>
    /// <param name="path">The file; while writing, <c>path.partial</c> is used, too.</param>
    /// <param name="tensors">The tensors with their names, each once; not sparse, not complex128.</param>
    /// <param name="metadata">Texts; null writes that the format is PyTorch's.</param>
    /// <exception cref="ArgumentNullException"><paramref name="tensors"/> is null.</exception>
    /// <exception cref="ArgumentException">The path is null or empty, two tensors have one name, or the format has no name for a tensor's
    /// type.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, IEnumerable<KeyValuePair<string, Tensor>> tensors,
        IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        var list = tensors.ToList();
        if (list.DistinctBy(entry => entry.Key).Count() < list.Count)
            throw new ArgumentException("Two tensors have one name.", nameof(tensors));
        if (list.Exists(entry => entry.Key == "__metadata__" || entry.Value.is_sparse))
            throw new ArgumentException("A tensor is sparse or has the name __metadata__.", nameof(tensors));
        WholeFile.Write(path, file => SafetensorsLayout.Write(
            file, list, metadata ?? new Dictionary<string, string> { ["format"] = "pt" }));
    }

    /// <summary>Writes a module's parameters and persistent buffers.</summary>
    /// <param name="path">The file.</param>
    /// <param name="module">The module.</param>
    /// <exception cref="ArgumentNullException"><paramref name="module"/> is null.</exception>
    /// <exception cref="ArgumentException">The path is null or empty, or the format has no name for a tensor's type.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Save(string path, nn.Module module)
    {
        ArgumentNullException.ThrowIfNull(module);
        Write(path, module.state_dict());
    }

    /// <summary>Loads a module's parameters and buffers: all or nothing. As in PyTorch, they take the type and device of the
    /// module's.</summary>
    /// <param name="path">The file.</param>
    /// <param name="module">A module with the same names and shapes.</param>
    /// <param name="strict">Whether the names must be the same; otherwise those that both have are loaded.</param>
    /// <exception cref="ArgumentNullException"><paramref name="module"/> is null.</exception>
    /// <exception cref="PyTorchFileException">The file is damaged, or of another module: the message says how. Nothing was
    /// changed.</exception>
    /// <exception cref="ArgumentException">The path is null or empty.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static void Load(string path, nn.Module module, bool strict = true)
    {
        ArgumentNullException.ThrowIfNull(module);
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var saved = Read(path).Tensors.Select(entry => KeyValuePair.Create<object, object?>(entry.Key, entry.Value));
        WholeFile.Naming(path, () => ModuleTensors.Read(saved, module, strict))();
    }
}
