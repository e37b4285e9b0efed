namespace TorchOptimExt.Elementwise;

/// <summary>
/// The mathematics of an optimizer for one element: a small struct that holds the hyperparameters of one step
/// and is written once, over <see cref="ILanes{V}"/>.
/// </summary>
public interface IUpdateRule
{
    /// <summary>Updates a parameter, and what the optimizer remembers of it, from its gradient.</summary>
    /// <typeparam name="V">SIMD registers or tensors.</typeparam>
    /// <param name="param">The parameter's elements, updated in place.</param>
    /// <param name="grad">The gradient's elements.</param>
    /// <param name="first">The first state tensor's elements, updated in place. A rule leaves what it has no tensor for alone.</param>
    /// <param name="second">The second state tensor's elements.</param>
    /// <param name="third">The third state tensor's elements.</param>
    void Apply<V>(ref V param, V grad, ref V first, ref V second, ref V third) where V : struct, ILanes<V>;
}
