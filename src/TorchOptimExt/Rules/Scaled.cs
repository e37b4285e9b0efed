using System.Runtime.CompilerServices;

namespace TorchOptimExt.Rules;

/// <summary>Another rule, whose gradient is multiplied by a factor as it is read.</summary>
internal readonly struct Scaled<TRule>(TRule rule, double factor) : IUpdateRule where TRule : struct, IUpdateRule
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Apply<V>(ref V param, V grad, ref V first, ref V second, ref V third) where V : struct, ILanes<V> =>
        rule.Apply(ref param, factor * grad, ref first, ref second, ref third);
}
