namespace TorchOptimExt.Elementwise;

/// <summary>
/// The arithmetic that an update rule may use: several elements at a time, each lane by itself. A rule that is
/// written over it runs on SIMD registers and on whole tensors (<see cref="TensorLanes"/>).
/// </summary>
/// <typeparam name="V">The implementing type.</typeparam>
/// <remarks>
/// A number converts to lanes that all hold it, rounded once to the lanes' precision. A comparison gives lanes that are
/// true or false, only for <see cref="Where"/>; a comparison with NaN is false.
/// </remarks>
public interface ILanes<V> where V : struct, ILanes<V>
{
    /// <summary>The same number in every lane.</summary>
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

    /// <summary>The square root; NaN where negative.</summary>
    static abstract V Sqrt(V a);

    /// <summary>The smaller of two; NaN where one of them is.</summary>
    static abstract V Min(V a, V b);

    /// <summary>The larger of two; NaN where one of them is.</summary>
    static abstract V Max(V a, V b);

    /// <summary>−1, 0 or 1; 0 for NaN, as PyTorch has it.</summary>
    static abstract V Sign(V a);

    /// <summary><paramref name="yes"/> where the condition is true, <paramref name="no"/> elsewhere.</summary>
    static abstract V Where(V condition, V yes, V no);
}
