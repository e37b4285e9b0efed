using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using TorchOptimExt.Rules;

namespace TorchOptimExt.Simd;

/// <summary>
/// Lanes of two SIMD registers side by side, filled from memory and written to it. Two, so that a rule's number is spread once for both.
/// </summary>
/// <typeparam name="V">The implementing type.</typeparam>
/// <typeparam name="T">What is computed in: <see cref="float"/> or <see cref="double"/>.</typeparam>
internal interface IRegister<V, T> : ILanes<V> where V : struct, IRegister<V, T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>How many elements the two registers hold.</summary>
    static abstract int Count { get; }

    /// <summary>Reads as many elements as the registers hold.</summary>
    /// <typeparam name="M">The type in memory: <typeparamref name="T"/>, or for float also <see cref="Half"/> and <see cref="BrainFloat"/>,
    /// which are widened.</typeparam>
    static abstract unsafe V Load<M>(M* source) where M : unmanaged;

    /// <summary>Writes them back, rounded to the nearest where the type in memory is narrower.</summary>
    static abstract unsafe void Store<M>(V lanes, M* target) where M : unmanaged;

    /// <summary>
    /// A number in the lanes' precision, by the packed conversion: the scalar one waits for what its target register held before.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static T Round(double number)
    {
        if (typeof(T) != typeof(float)) return T.CreateTruncating(number);
        if (Sse2.IsSupported)
            return T.CreateTruncating(Sse2.ConvertToVector128Single(Vector128.CreateScalarUnsafe(number)).ToScalar());
        return T.CreateTruncating((float)number);
    }
}
