using System.Diagnostics;
using System.Runtime.InteropServices;

namespace TorchOptimExt.Benchmarks.Gpu;

/// <summary>Another stream as libtorch's current one on device 0, until it is disposed.</summary>
internal sealed unsafe class OtherStream : IDisposable
{
    private readonly nint library, guard;

    public OtherStream()
    {
        var windows = OperatingSystem.IsWindows();
        var driver = NativeLibrary.Load(windows ? "nvcuda.dll" : "libcuda.so.1");
        library = NativeLibrary.Load(PathOf(windows ? "torch_cuda.dll" : "libtorch_cuda.so"));
        nint stream, made;
        const uint NonBlocking = 1;
        Check(((delegate* unmanaged<nint*, uint, int>)NativeLibrary.GetExport(driver, "cuStreamCreate"))(&stream, NonBlocking));
        Check(((delegate* unmanaged<nint, int, nint*, int>)NativeLibrary.GetExport(library, "aoti_torch_create_cuda_stream_guard"))(stream, 0, &made));
        guard = made;
    }

    public void Dispose() => Check(((delegate* unmanaged<nint, int>)NativeLibrary.GetExport(library, "aoti_torch_delete_cuda_stream_guard"))(guard));

    private static string PathOf(string name)
    {
        using var process = Process.GetCurrentProcess();
        return process.Modules.Cast<ProcessModule>().First(module => module.ModuleName.StartsWith(name, StringComparison.OrdinalIgnoreCase)).FileName;
    }

    private static void Check(int result)
    {
        if (result != 0) throw new InvalidOperationException($"error {result} while a stream was made");
    }
}
