using static TorchSharp.torch;

namespace TorchOptimExt.LineSearch;

/// <summary>One parameter's part of a pair: s = factor · direction, 0 where that is null; y = after − before, a null among them
/// 0.</summary>
internal readonly record struct PairPart(Tensor? Direction, double Factor, Tensor? After, Tensor? Before)
{
    /// <summary>s; null for 0.</summary>
    public Tensor? Step() => Factor == 1 ? Direction : Direction?.mul(Factor);

    /// <summary>y; null for 0.</summary>
    public Tensor? Change() => Before is null ? After : After is null ? Before.neg() : After.sub(Before);

    /// <summary>sᵀy, sᵀs and yᵀy, where they are known already.</summary>
    public (double sy, double ss, double yy)? Known { get; init; }

    /// <summary>Whether it can be visited in one pass, with the rows that take it.</summary>
    public bool IsPlain(Tensor steps) => Direction is { } direction && After is { } after && direction.NumberOfElements > 0
        && RowPass.Takes(steps, direction, after, Before ?? after);
}
