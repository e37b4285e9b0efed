using static TorchSharp.torch;

namespace TorchOptimExt.PyTorch;

/// <summary>A module's parameters and persistent buffers by name, as <c>state_dict()</c> has them in PyTorch.</summary>
internal static class ModuleTensors
{
    public static PyTorchDictionary Write(nn.Module module)
    {
        var saved = new PyTorchDictionary { IsOrderedDict = true };
        foreach (var (name, tensor) in module.state_dict()) saved[name] = tensor.detach();
        return saved;
    }

    /// <summary>Checks names and shapes. Nothing is changed before the action that is returned runs, which does not fail.</summary>
    /// <exception cref="PyTorchFileException">The tensors are of another module.</exception>
    public static Action Read(IEnumerable<KeyValuePair<object, object?>> saved, nn.Module module, bool strict)
    {
        var own = module.state_dict();
        var (pairs, differences, seen) = (new List<(Tensor own, Tensor loaded)>(), new List<string>(), new HashSet<string>());
        foreach (var (key, value) in saved)
        {
            var name = key as string ?? $"{key}";
            seen.Add(name);
            if (!own.TryGetValue(name, out var tensor))
            {
                if (strict) differences.Add($"the module has no '{name}'");
            }
            else if (value is not Tensor loaded) differences.Add($"'{name}' is no tensor");
            else if (!loaded.shape.SequenceEqual(tensor.shape)) differences.Add(
                $"'{name}' is [{string.Join(", ", loaded.shape)}] in the file and [{string.Join(", ", tensor.shape)}] in the module");
            else if (loaded.is_complex() && !tensor.is_complex()) differences.Add(
                $"'{name}' is complex in the file and real in the module");
            else pairs.Add((tensor, loaded.to(tensor.dtype, tensor.device)));
        }
        if (strict) differences.AddRange(own.Keys.Where(name => !seen.Contains(name)).Select(name => $"the file has no '{name}'"));
        if (differences.Count > 0) throw new PyTorchFileException($"is of another module: {string.Join("; ", differences)}.");
        return () => pairs.ForEach(pair => pair.own.copy_(pair.loaded));
    }
}
