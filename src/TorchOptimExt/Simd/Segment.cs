using TorchOptimExt.Rules;

namespace TorchOptimExt.Simd;

/// <summary>
/// The elements of one parameter with the gradient and state that belong to them, in the order in which they lie in memory, and the rule of
/// this step.
/// </summary>
/// <remarks>Addresses of native memory that a tensor owns, which outlives the pass; 0 where the rule has no such state.</remarks>
internal readonly record struct Segment<TRule>(
    TRule Rule, Elements Elements, nint Param, nint Grad, nint First, nint Second, nint Third, long Length)
    where TRule : struct, IUpdateRule
{
    /// <summary>The same elements with another rule.</summary>
    public Segment<R> With<R>(R rule) where R : struct, IUpdateRule => new(rule, Elements, Param, Grad, First, Second, Third, Length);
}
