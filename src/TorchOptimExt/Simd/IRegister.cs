using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using TorchOptimExt.Rules;

namespace TorchOptimExt.Simd;

/// <summary>Lanes of one SIMD register, filled from memory and written to it.</summary>
/// <typeparam name="V">The implementing type.</typeparam>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
internal interface IRegister<V, T> : ILanes<V> where V : struct, IRegister<V, T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>How many elements a register holds.</summary>
    static abstract int Count { get; }

    static abstract unsafe V Load(T* source);

    static abstract unsafe void Store(V lanes, T* target);

    /// <summary>A number in the lanes' precision, by the packed conversion: the scalar one waits for what its target register held before.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static T Round(double number) =>
        typeof(T) == typeof(float) ? T.CreateTruncating(Vector128.Narrow(Vector128.Create(number), Vector128.Create(number)).ToScalar()) : T.CreateTruncating(number);
}
