using System.Runtime.CompilerServices;
using TorchOptimExt.Rules;

namespace TorchOptimExt.LineSearch;

/// <summary>θ₀ ← θ, θ ← θ₀ + s·d: the first state is θ₀, in the gradient's place stands d.</summary>
internal readonly struct DepartureRule(double step) : IUpdateRule
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Apply<V>(ref V param, V direction, ref V origin, ref V unused1, ref V unused2) where V : struct, ILanes<V>
    {
        origin = param;
        param = origin + step * direction;
    }
}
