using TorchOptimExt.ML.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.ML;

/// <summary>
/// Knows how to make your own modules by name. A saved model holds the name and the weights of its module; a process that saves
/// or loads it registers before that how to make the module. Safe to use from several threads.
/// </summary>
/// <example>
/// <code>
/// TorchModules.Register("churn-v1", (inputs, outputs) =>
///     torch.nn.Sequential(torch.nn.Linear(inputs, 32), torch.nn.ReLU(), torch.nn.Linear(32, outputs)));
/// var options = new TorchTrainerOptions { ModuleName = "churn-v1" };
/// </code>
/// </example>
public static class TorchModules
{
    /// <summary>Registers a module under a name; a later registration of the same name replaces it.</summary>
    /// <param name="name">The name, as in <see cref="TorchTrainerOptions.ModuleName"/>; not empty.</param>
    /// <param name="make">Makes the module for numbers of inputs and outputs, always with the same layers: [rows, inputs] → [rows,
    /// outputs].</param>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    public static void Register(string name, Func<long, long, nn.Module<Tensor, Tensor>> make)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(make);
        NamedModules.Register(name, make);
    }
}
