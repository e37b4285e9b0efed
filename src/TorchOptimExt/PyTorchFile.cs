using TorchOptimExt.PyTorch;
using static TorchSharp.torch;

namespace TorchOptimExt;

/// <summary>
/// Files that Python writes with <c>torch.save</c> and reads with <c>torch.load</c>: trees of dictionaries, lists, tuples, numbers, strings
/// and tensors.
/// </summary>
/// <remarks>
/// <para>Reading runs nothing. A file names Python classes and functions; the few that tensors, parameters, <c>OrderedDict</c> and
/// <c>torch.Size</c> need are known here, and a file that names any other is refused with its name. Every part's checksum is verified
/// before anything is returned.</para>
/// <para>What is written loads with <c>weights_only=True</c>, PyTorch's default. Tensors that share memory share it again on the other
/// side; of a slice only its own part of memory is written.</para>
/// </remarks>
/// <example>
/// <code>
/// using TorchOptimExt.PyTorch;
/// PyTorchFile.Write("numbers.pt", new PyTorchDictionary { ["epoch"] = 3, ["weights"] = torch.zeros(2, 3) });
/// var tree = (PyTorchDictionary)PyTorchFile.Read("numbers.pt")!;
/// </code>
/// </example>
public static class PyTorchFile
{
    /// <summary>Reads a file.</summary>
    /// <param name="path">The file, of PyTorch 1.6 or later.</param>
    /// <returns>null (None), <see cref="bool"/>, <see cref="long"/> (<see cref="System.Numerics.BigInteger"/> beyond its range),
    /// <see cref="double"/>, <see cref="string"/>, <see cref="Tensor"/> on the CPU, <see cref="TorchSharp.Modules.Parameter"/>,
    /// <see cref="PyTorchDictionary"/>, <c>List&lt;object?&gt;</c>, <c>object?[]</c> (a tuple), <c>long[]</c> (a torch.Size) or
    /// <see cref="ScalarType"/> (a torch.dtype).</returns>
    /// <exception cref="PyTorchFileException">The file is damaged or no such file, or names what is refused; nothing of it was
    /// run.</exception>
    /// <exception cref="ArgumentException">The path is null or empty.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static object? Read(string path)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var tree = WholeFile.Read(path, PyTorchArchive.Read);
        foreach (var leaf in PyTorchTree.Leaves(tree)) if (leaf is Tensor tensor) scope.MoveToOuter(tensor);
        return tree;
    }

    /// <summary>Writes a file: whole, or not at all.</summary>
    /// <param name="path">The file; while writing, <c>path.partial</c> is used, too.</param>
    /// <param name="tree">What <see cref="Read"/> can return, besides all whole numbers, float, and any dictionaries and lists. Keys are
    /// strings, whole numbers, double or bool.</param>
    /// <exception cref="ArgumentException">The path is null or empty, or something in the tree is of another kind or holds itself, or a
    /// tensor is sparse or lazily conjugated.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, object? tree)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        WholeFile.Write(path, file => PyTorchArchive.Write(file, tree));
    }
}
