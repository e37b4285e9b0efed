namespace TorchOptimExt.Rules;

/// <summary>
/// The arithmetic that an update rule may use: several elements at a time, each lane by itself. A rule that is
/// written over it runs on SIMD registers, as a kernel on CUDA, and on whole tensors (<c>TensorLanes</c>).
/// </summary>
/// <typeparam name="V">The type that implements it.</typeparam>
/// <remarks>
/// A number converts to lanes that all hold it, rounded once to the lanes' precision. A comparison gives lanes that are
/// true or false, only for <see cref="Where"/>; a comparison with NaN is false. At least one of the two that are compared, or of which
/// the smaller or larger is taken, must come from an argument of the rule: on tensors, two numbers cannot be.
/// </remarks>
public interface ILanes<V> where V : struct, ILanes<V>
{
    /// <summary>Converts a number to lanes that all hold it.</summary>
    /// <param name="number">The number, rounded once to the precision of the lanes.</param>
    static abstract implicit operator V(double number);

    /// <summary>a + b.</summary>
    static abstract V operator +(V a, V b);

    /// <summary>a − b.</summary>
    static abstract V operator -(V a, V b);

    /// <summary>a · b.</summary>
    static abstract V operator *(V a, V b);

    /// <summary>a / b.</summary>
    static abstract V operator /(V a, V b);

    /// <summary>−a.</summary>
    static abstract V operator -(V a);

    /// <summary>True where a &gt; b.</summary>
    static abstract V operator >(V a, V b);

    /// <summary>True where a &lt; b.</summary>
    static abstract V operator <(V a, V b);

    /// <summary>The square root; NaN where a is negative.</summary>
    /// <param name="a">The radicand.</param>
    static abstract V Sqrt(V a);

    /// <summary>a · b + addend, the product not rounded by itself: it cannot overflow where the sum does not.</summary>
    /// <param name="a">One factor.</param>
    /// <param name="b">The other.</param>
    /// <param name="addend">What is added.</param>
    static abstract V MultiplyAdd(V a, V b, V addend);

    /// <summary>The smaller of a and b; NaN where one of them is NaN.</summary>
    /// <param name="a">One of the two.</param>
    /// <param name="b">The other.</param>
    static abstract V Min(V a, V b);

    /// <summary>The larger of a and b; NaN where one of them is NaN.</summary>
    /// <param name="a">One of the two.</param>
    /// <param name="b">The other.</param>
    static abstract V Max(V a, V b);

    /// <summary>The sign of a: −1, 0 or 1; 0 for NaN, as in PyTorch.</summary>
    /// <param name="a">The numbers.</param>
    static abstract V Sign(V a);

    /// <summary>Takes <paramref name="yes"/> where the condition is true, <paramref name="no"/> elsewhere.</summary>
    /// <param name="condition">What a comparison gave.</param>
    /// <param name="yes">The lanes to take where it is true.</param>
    /// <param name="no">The lanes to take where it is false.</param>
    static abstract V Where(V condition, V yes, V no);
}
