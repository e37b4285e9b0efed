using TorchSharp;

namespace TorchOptimExt;

/// <summary>
/// Adds the optimizers of this library to <c>torch.optim</c>, where TorchSharp has its own: <c>torch.optim.ArmijoGD(...)</c>,
/// <c>torch.optim.fused.Adam(...)</c>.
/// </summary>
/// <remarks>F# and C# before 14 have no extension members: call <c>OptimExtensions.ArmijoGD(...)</c> and
/// <c>FusedOptimizers.Instance.Adam(...)</c> there.</remarks>
public static partial class OptimExtensions
{
    extension(torch.optim)
    {
        /// <summary>The optimizers that TorchSharp has too, with a step that is fused into one pass over memory:
        /// <c>torch.optim.fused.Adam(...)</c>.</summary>
        public static FusedOptimizers fused => FusedOptimizers.Instance;
    }
}
