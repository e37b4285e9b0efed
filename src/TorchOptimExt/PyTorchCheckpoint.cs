using TorchOptimExt.Parameters;
using TorchOptimExt.PyTorch;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.optim;

namespace TorchOptimExt;

/// <summary>
/// Trainings that go on in Python or come from there: a file with <c>{'model': model.state_dict(), 'optimizer': optimizer.state_dict(),
/// 'epoch': …}</c>, as PyTorch's recipe writes it with <c>torch.save</c>, both ways.
/// </summary>
/// <remarks>
/// <para>Optimizers: TorchSharp's and this library's fused SGD, Adagrad, Adadelta, RMSProp, Adam, AdamW, Rprop, Adamax, NAdam, RAdam and
/// ASGD. Options and states have PyTorch's names; a file is written as PyTorch 2 does it and read as older versions did it, too. The
/// parameters of the optimizer must be in the same order on both sides. Optimizers that PyTorch lacks, which derive from
/// <see cref="OptimizerBase"/>, have names of their own.</para>
/// <para>A load checks all of a file before it changes anything; it changes everything or nothing, and runs nothing (see
/// <see cref="PyTorchFile"/>). As in PyTorch, tensors take the type and device of what they are loaded into.</para>
/// </remarks>
/// <example>
/// <code>
/// using TorchOptimExt.PyTorch;
/// PyTorchCheckpoint.Save("training.pt", model, optimizer, new PyTorchDictionary { ["epoch"] = 3 });
/// var epoch = (long)PyTorchCheckpoint.Load("training.pt", model, optimizer).Values["epoch"]!;
/// </code>
/// </example>
public sealed class PyTorchCheckpoint
{
    private static readonly string[] ModelKeys = ["model", "model_state_dict", "state_dict"],
        OptimizerKeys = ["optimizer", "optimizer_state_dict"];

    private PyTorchCheckpoint(PyTorchDictionary values) => Values = values;

    /// <summary>What else the file holds, in its order: the epoch, a loss. Tensors in it belong to the dispose scope in which the file was
    /// loaded.</summary>
    public PyTorchDictionary Values { get; }

    /// <summary>Writes <c>{'model': …, 'optimizer': …, values}</c>: whole, or not at all.</summary>
    /// <param name="path">The file; while writing, <c>path.partial</c> is used, too.</param>
    /// <param name="module">The module, whose parameters and persistent buffers are written.</param>
    /// <param name="optimizer">The optimizer; null writes none.</param>
    /// <param name="values">More entries, such as the epoch: what <see cref="PyTorchFile.Write"/> can write.</param>
    /// <exception cref="ArgumentNullException"><paramref name="module"/> is null.</exception>
    /// <exception cref="ArgumentException">The path is null or empty, PyTorch has no such optimizer, or a value cannot be
    /// written.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Save(string path, nn.Module module, Optimizer? optimizer = null, PyTorchDictionary? values = null)
    {
        using var scope = NewDisposeScope();
        var tree = new PyTorchDictionary { ["model"] = StateDict(module) };
        if (optimizer is not null) tree["optimizer"] = StateDict(optimizer);
        foreach (var (key, value) in values ?? [])
        {
            if (tree.ContainsKey(key)) throw new ArgumentException($"The key '{key}' is taken.", nameof(values));
            tree[key] = value;
        }
        PyTorchFile.Write(path, tree);
    }

    /// <summary>Loads a module, an optimizer, or both from a file that Python or <see cref="Save"/> wrote: all or nothing.</summary>
    /// <param name="path">The file. The module is its entry 'model', 'model_state_dict' or 'state_dict', or all of the file where that is a
    /// plain <c>state_dict()</c>; the optimizer is its entry 'optimizer' or 'optimizer_state_dict', or all of the file.</param>
    /// <param name="module">A module with the same names and shapes; null leaves that of the file aside.</param>
    /// <param name="optimizer">An optimizer of the same class with the same groups of parameters; null leaves that of the file
    /// aside.</param>
    /// <param name="strict">Whether the module's names and those of the file must be the same; otherwise those that both have are
    /// loaded.</param>
    /// <returns>The other entries.</returns>
    /// <exception cref="PyTorchFileException">The file is damaged, names what is refused, or differs from the module or optimizer: the
    /// message says how. Nothing was changed.</exception>
    /// <exception cref="ArgumentException">The path is null or empty, or PyTorch has no such optimizer.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static PyTorchCheckpoint Load(string path, nn.Module? module, Optimizer? optimizer = null, bool strict = true)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var format = optimizer is null ? null : OptimizerFormats.Of(Helper(optimizer));
        var tree = PyTorchFile.Read(path);
        return WholeFile.Naming(path, () =>
        {
            var root = tree as PyTorchDictionary ?? throw new PyTorchFileException("holds no dictionary.");
            var modulePart = module is null ? null : Part(root, ModelKeys, "module", value => value is Tensor);
            var optimizerPart = format is null ? null
                : Part(root, OptimizerKeys, "optimizer", _ => root.ContainsKey("param_groups"));
            var loadModule = modulePart is null ? null : ModuleTensors.Read(modulePart, module!, strict);
            var loadOptimizer = optimizerPart is null ? null : format!.Read(optimizerPart, Helper(optimizer!));
            loadModule?.Invoke();
            loadOptimizer?.Invoke();
            return new PyTorchCheckpoint(modulePart == root || optimizerPart == root ? [] : Rest(root, scope));
        });
    }

    /// <summary>A module's parameters and persistent buffers as PyTorch's <c>state_dict()</c>, for a file of another layout. The tensors
    /// are the module's own.</summary>
    /// <param name="module">The module.</param>
    /// <returns>An <c>OrderedDict</c> of tensors by name, to be written with <see cref="PyTorchFile.Write"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="module"/> is null.</exception>
    public static PyTorchDictionary StateDict(nn.Module module)
    {
        ArgumentNullException.ThrowIfNull(module);
        return ModuleTensors.Write(module);
    }

    /// <summary>An optimizer's options and state as PyTorch's <c>state_dict()</c>, for a file of another layout. The tensors are the
    /// optimizer's own.</summary>
    /// <param name="optimizer">The optimizer.</param>
    /// <returns>A dictionary with 'state' and 'param_groups', to be written with <see cref="PyTorchFile.Write"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="optimizer"/> is null.</exception>
    /// <exception cref="ArgumentException">PyTorch has no such optimizer.</exception>
    public static PyTorchDictionary StateDict(Optimizer optimizer)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        return OptimizerFormats.Of(Helper(optimizer)).Write(Helper(optimizer));
    }

    private static OptimizerHelper Helper(Optimizer optimizer) => optimizer as OptimizerHelper
        ?? throw new ArgumentException($"{optimizer.GetType().Name} keeps its state inside libtorch, where TorchSharp cannot read it: " +
            "save the model alone.", nameof(optimizer));

    private static PyTorchDictionary Part(PyTorchDictionary root, string[] keys, string what, Predicate<object?> isWhole)
    {
        foreach (var key in keys)
            if (root.TryGetValue(key, out var part) && part is PyTorchDictionary found) return found;
        return root.Count > 0 && root.All(entry => isWhole(entry.Value)) ? root
            : throw new PyTorchFileException($"has no {what}: none of {string.Join(", ", keys.Select(key => $"'{key}'"))} is a " +
                $"dictionary in it. Its keys are {string.Join(", ", root.Keys)}.");
    }

    // What is left belongs to the caller, not to the load.
    private static PyTorchDictionary Rest(PyTorchDictionary root, TorchSharp.DisposeScope scope)
    {
        var rest = new PyTorchDictionary();
        foreach (var (key, value) in root)
        {
            if (key is string name && (ModelKeys.Contains(name) || OptimizerKeys.Contains(name)) && value is PyTorchDictionary) continue;
            rest[key] = value;
        }
        foreach (var leaf in PyTorchTree.Leaves(rest)) if (leaf is Tensor tensor) scope.MoveToOuter(tensor);
        return rest;
    }
}
