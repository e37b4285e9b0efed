using static TorchSharp.torch;

namespace TorchOptimExt.ML.Modules;

/// <summary>How a model's module is made again: by name, or as the built-in perceptron. Neither, where it cannot be.</summary>
internal sealed record Architecture(string? Name, Mlp? Mlp)
{
    /// <exception cref="InvalidOperationException">The module is a user's own without a name, or of a name that is not
    /// registered.</exception>
    internal nn.Module<Tensor, Tensor> Make(long inputs, long outputs) =>
        Name is not null ? NamedModules.Make(Name, inputs, outputs) : (Mlp ?? throw Nameless()).Make(inputs, outputs);

    /// <summary>Throws where the module could not be made again.</summary>
    /// <inheritdoc cref="Make" path="/exception"/>
    internal void Require()
    {
        if (Name is not null) NamedModules.Require(Name);
        else if (Mlp is null) throw Nameless();
    }

    /// <summary>What a checkpoint calls it.</summary>
    public override string ToString() => Name is not null ? $"module '{Name}'" : Mlp?.ToString() ?? "a module of your own";

    private static InvalidOperationException Nameless() => new("The model's module is your own and has no name. "
        + "Set TorchTrainerOptions.ModuleName and register it with TorchModules.Register, so that a saved model can be loaded.");
}
