using System.Runtime.CompilerServices;
using TorchOptimExt.Rules;

namespace TorchOptimExt.RandomSearch;

/// <summary>target ← source − (target − source): in the gradient's place stands the source.</summary>
internal readonly struct MirrorRule : IUpdateRule
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Apply<V>(ref V target, V source, ref V unused1, ref V unused2, ref V unused3) where V : struct, ILanes<V> =>
        target = source - (target - source);
}
