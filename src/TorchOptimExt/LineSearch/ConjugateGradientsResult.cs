using static TorchSharp.torch;

namespace TorchOptimExt.LineSearch;

/// <summary>What <see cref="ConjugateGradients"/> found.</summary>
/// <param name="Direction">The direction or step d.</param>
/// <param name="Product">H·d, summed along the way.</param>
/// <param name="Complete">Whether the wanted residual was reached.</param>
/// <param name="NegativeCurvature">Whether a direction of negative curvature, or one that is not finite, ended it.</param>
/// <param name="AtRadius">Whether the step ends at the radius.</param>
public sealed record ConjugateGradientsResult(Tensor Direction, Tensor Product, bool Complete, bool NegativeCurvature, bool AtRadius)
{
    /// <summary>The direction of negative curvature that ended it, along which g falls, of any length; null where none did.</summary>
    public Tensor? Descent { get; init; }
}
