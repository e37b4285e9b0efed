namespace TorchOptimExt;

/// <summary>
/// The methods of <c>torch.optim.fused</c>: TorchSharp's optimizers by the same names and arguments, with a step that goes over memory
/// once. They are generated from the constructors of the classes in <see cref="Fused"/>.
/// </summary>
public sealed partial class FusedOptimizers
{
    private FusedOptimizers() { }

    /// <summary>The one instance, which <c>torch.optim.fused</c> returns.</summary>
    public static FusedOptimizers Instance { get; } = new();
}
