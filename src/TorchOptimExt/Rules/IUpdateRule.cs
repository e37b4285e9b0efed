namespace TorchOptimExt.Rules;

/// <summary>
/// The update of one element: a small struct that holds the numbers of one step of one parameter, written once over
/// <see cref="ILanes{V}"/>.
/// </summary>
/// <example>
/// Gradient descent. An optimizer that uses such a rule derives from <c>ElementwiseOptimizer</c>.
/// <code>
/// readonly struct DescentRule(double lr) : IUpdateRule
/// {
///     [MethodImpl(MethodImplOptions.AggressiveInlining)]
///     public void Apply&lt;V&gt;(ref V param, V grad, ref V first, ref V second, ref V third) where V : struct, ILanes&lt;V&gt; =>
///         param -= lr * grad;
/// }
/// </code>
/// </example>
public interface IUpdateRule
{
    /// <summary>
    /// Updates a parameter, and what the optimizer remembers of it, from its gradient. Decide by <see cref="ILanes{V}.Where"/>, not by
    /// <c>if</c>, on what depends on an element.
    /// </summary>
    /// <typeparam name="V">SIMD registers, tensors, or what records the update for a kernel on CUDA.</typeparam>
    /// <param name="param">The parameter's elements, updated in place.</param>
    /// <param name="grad">The gradient's elements.</param>
    /// <param name="first">The elements of the first state tensor, updated in place; not to be used where there is none.</param>
    /// <param name="second">The elements of the second state tensor, likewise.</param>
    /// <param name="third">The elements of the third state tensor, likewise.</param>
    void Apply<V>(ref V param, V grad, ref V first, ref V second, ref V third) where V : struct, ILanes<V>;
}
