using System.Runtime.CompilerServices;
using TorchOptimExt.Rules;

namespace TorchOptimExt.RandomSearch;

/// <summary>target ← source + change: in the gradient's place stands the source, the first state is the change.</summary>
internal readonly struct SumRule : IUpdateRule
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Apply<V>(ref V target, V source, ref V change, ref V unused1, ref V unused2) where V : struct, ILanes<V> =>
        target = source + change;
}
