using System.Collections.Concurrent;
using static TorchSharp.torch;

namespace TorchOptimExt.ML.Modules;

/// <summary>How the users' own modules are made, by name; see TorchModules.</summary>
internal static class NamedModules
{
    private static readonly ConcurrentDictionary<string, Func<long, long, nn.Module<Tensor, Tensor>>> Factories = new();

    internal static void Register(string name, Func<long, long, nn.Module<Tensor, Tensor>> make) => Factories[name] = make;

    internal static nn.Module<Tensor, Tensor> Make(string name, long inputs, long outputs) => Factories.TryGetValue(name, out var make)
        ? make(inputs, outputs) ?? throw new InvalidOperationException($"What is registered as '{name}' made no module.")
        : throw new InvalidOperationException($"The model's module is '{name}', which is not registered in this process. "
            + $"Call TorchModules.Register(\"{name}\", (inputs, outputs) => ...) before the training, or before the model is loaded.");

    /// <exception cref="InvalidOperationException">The name is not registered.</exception>
    internal static void Require(string name)
    {
        if (!Factories.ContainsKey(name))
            throw new InvalidOperationException($"The model's module is named '{name}', which is not registered: "
                + $"call TorchModules.Register(\"{name}\", (inputs, outputs) => ...), here and where the model is loaded.");
    }
}
