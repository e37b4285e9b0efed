using System.Collections.Concurrent;
using static TorchSharp.torch;

namespace TorchOptimExt.ML;

/// <summary>
/// How to make your own modules again: a saved model holds the name and the weights, and a process that loads it
/// registers what stands behind the name before it does.
/// <code>
/// TorchModules.Register("churn-v1", (inputs, outputs) => new ChurnNet(inputs, outputs));
/// </code>
/// </summary>
public static class TorchModules
{
    private static readonly ConcurrentDictionary<string, Func<long, long, nn.Module<Tensor, Tensor>>> Factories = new();

    /// <summary>Registers a module under a name; a later registration of the same name replaces it.</summary>
    /// <param name="name">As in <see cref="TorchTrainerOptions.ModuleName"/>.</param>
    /// <param name="make">Makes the module for numbers of inputs and outputs, always with the same layers.</param>
    public static void Register(string name, Func<long, long, nn.Module<Tensor, Tensor>> make)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(make);
        Factories[name] = make;
    }

    internal static nn.Module<Tensor, Tensor> Make(string name, long inputs, long outputs) =>
        Factories.TryGetValue(name, out var make) ? make(inputs, outputs) ?? throw new InvalidOperationException($"What is registered as '{name}' made no module.")
            : throw new InvalidOperationException($"The model's module is '{name}', which is not registered in this process. Call TorchModules.Register(\"{name}\", (inputs, outputs) => ...) before the model is loaded.");

    internal static bool Knows(string name) => Factories.ContainsKey(name);
}
