using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace TorchOptimExt.Stepping;

/// <summary>Whether the runtime compiles this assembly with its optimizer.</summary>
internal static class Jit
{
    /// <summary>
    /// Why a pass over memory would be slow here, 25 times slower than tensor operations; null where it is not. A debugger that suppresses
    /// optimizations, <c>DOTNET_JITMinOpts=1</c> and a build without <c>Optimize</c> do that.
    /// </summary>
    public static string? Unoptimized { get; } = RuntimeFeature.IsDynamicCodeCompiled && !Inlines()
        ? "the runtime compiles without its optimizer (a debugger, DOTNET_JITMinOpts or a build without Optimize), which makes that slow"
        : null;

    // The optimizer inlines what asks for it, so that it has no frame of its own. The caller is compiled as the passes are.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static bool Inlines() => Frames() == FramesFromHere();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Frames() => FramesFromHere();

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int FramesFromHere() => new StackTrace(false).FrameCount;
}
