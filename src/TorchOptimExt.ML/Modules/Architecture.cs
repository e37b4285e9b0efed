using static TorchSharp.torch;

namespace TorchOptimExt.ML.Modules;

/// <summary>How a model's module is made again: by name, or as the built-in perceptron. Neither, where it cannot be.</summary>
internal sealed record Architecture(string? Name, MlpOptions? Mlp)
{
    internal static Architecture Of(TorchTrainerOptions options) =>
        new(options.ModuleName, options.Module is null && options.ModuleWithOutputs is null && options.ModuleName is null ? options.Mlp : null);

    internal nn.Module<Tensor, Tensor> Make(long inputs, long outputs) =>
        Name is not null ? TorchModules.Make(Name, inputs, outputs)
        : Mlp is not null ? Modules.Mlp.Make(Mlp, inputs, outputs)
        : throw new InvalidOperationException("The model's module is your own and has no name. Set TorchTrainerOptions.ModuleName and register it with TorchModules.Register, so that a saved model can be loaded.");

    /// <summary>The module that a training begins with: the options' own, or one of a name or the built-in one.</summary>
    internal static nn.Module<Tensor, Tensor> Begin(TorchTrainerOptions options, long inputs, long outputs)
    {
        if (options.Module is { } make) return make(inputs) ?? throw Nothing(nameof(options.Module));
        if (options.ModuleWithOutputs is { } makeBoth) return makeBoth(inputs, outputs) ?? throw Nothing(nameof(options.ModuleWithOutputs));
        return Of(options).Make(inputs, outputs);

        static InvalidOperationException Nothing(string option) => new($"{nameof(TorchTrainerOptions)}.{option} made no module.");
    }
}
