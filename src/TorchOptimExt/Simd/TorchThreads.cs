using System.Diagnostics;
using System.Runtime.InteropServices;

namespace TorchOptimExt.Simd;

/// <summary>
/// The threads that libtorch's own operators run on, where those are GNU OpenMP's. They keep spinning for milliseconds after
/// an operator, as after every backward pass: other threads would share the processors with them.
/// </summary>
internal static unsafe class TorchThreads
{
    // void GOMP_parallel(void (*fn)(void*), void* data, unsigned num_threads, unsigned flags)
    private static readonly delegate* unmanaged<delegate* unmanaged<nint, void>, nint, uint, uint, void> Parallel =
        (delegate* unmanaged<delegate* unmanaged<nint, void>, nint, uint, uint, void>)FindParallel();

    /// <summary>Whether there are such threads.</summary>
    public static bool Available => Parallel != null;

    /// <summary>Calls the action, which must not throw, on so many threads at once, one of them this; returns when all have.</summary>
    public static void Run(Action action, int threads)
    {
        var handle = GCHandle.Alloc(action);
        try { Parallel(&Call, GCHandle.ToIntPtr(handle), (uint)threads, 0); }
        finally { handle.Free(); }
    }

    [UnmanagedCallersOnly]
    private static void Call(nint action) => ((Action)GCHandle.FromIntPtr(action).Target!)();

    // The one that is loaded already: another copy would have threads of its own.
    private static nint FindParallel()
    {
        if (!OperatingSystem.IsLinux()) return 0;
        using var process = Process.GetCurrentProcess();
        foreach (ProcessModule module in process.Modules)
        {
            if (!module.ModuleName.StartsWith("libgomp", StringComparison.Ordinal)) continue;
            if (NativeLibrary.TryLoad(module.FileName, out var library)
                && NativeLibrary.TryGetExport(library, "GOMP_parallel", out var parallel))
                return parallel;
        }
        return 0;
    }
}
