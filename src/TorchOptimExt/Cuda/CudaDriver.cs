using System.Runtime.InteropServices;
using System.Text;

namespace TorchOptimExt.Cuda;

/// <summary>The installed driver, the NVRTC that ships with libtorch, and libtorch's own streams and contexts.</summary>
internal sealed unsafe class CudaDriver : ICudaDriver
{
    private const int CapabilityMajor = 75, CapabilityMinor = 76;       // of CUdevice_attribute
    private const int FirstVersion = 12000, FirstWithLargeArguments = 12010, FirstCapability = 70;

    private readonly nint library;
    private readonly Nvrtc nvrtc;
    private readonly int version;

    // What every step calls.
    private readonly delegate* unmanaged<nint*, int> currentContext;
    private readonly delegate* unmanaged<nint, int> pushContext;
    private readonly delegate* unmanaged<nint*, int> popContext;
    private readonly delegate* unmanaged<nint, uint, uint, uint, uint, uint, uint, uint, nint, void**, void**, int> launch;
    private readonly delegate* unmanaged<int, nint*, int> currentStream;

    private CudaDriver(nint library, nint torch, string? torchFolder)
    {
        this.library = library;
        int found;
        Check(((delegate* unmanaged<uint, int>)Export("cuInit"))(0), "cuInit");
        Check(((delegate* unmanaged<int*, int>)Export("cuDriverGetVersion"))(&found), "cuDriverGetVersion");
        version = found;
        if (version < FirstVersion)
            throw new CudaException(
                $"the driver is of CUDA {version / 1000}.{version % 1000 / 10}; {FirstVersion / 1000}.0 or later is needed");
        currentContext = (delegate* unmanaged<nint*, int>)Export("cuCtxGetCurrent");
        pushContext = (delegate* unmanaged<nint, int>)Export("cuCtxPushCurrent_v2");
        popContext = (delegate* unmanaged<nint*, int>)Export("cuCtxPopCurrent_v2");
        launch = (delegate* unmanaged<nint, uint, uint, uint, uint, uint, uint, uint, nint, void**, void**, int>)Export("cuLaunchKernel");
        currentStream = NativeLibrary.TryGetExport(torch, StreamExport, out var stream) ? (delegate* unmanaged<int, nint*, int>)stream
            : throw new CudaException($"this libtorch lacks {StreamExport}, which tells its current stream");
        nvrtc = Nvrtc.Open(torchFolder);
    }

    private const string StreamExport = "aoti_torch_get_current_cuda_stream";

    /// <summary>Opens the driver.</summary>
    /// <exception cref="CudaException">The driver, libtorch's CUDA library or NVRTC is missing or too old.</exception>
    public static ICudaDriver Open()
    {
        var (driver, torch) = OperatingSystem.IsWindows() ? ("nvcuda.dll", "torch_cuda.dll") : ("libcuda.so.1", "libtorch_cuda.so");
        if (!NativeLibrary.TryLoad(driver, out var library)) throw new CudaException($"the CUDA driver ({driver}) is not installed");
        if (LoadedLibrary.PathOf(torch) is not { } path || !NativeLibrary.TryLoad(path, out var loaded))
            throw new CudaException($"libtorch's CUDA library ({torch}) is not loaded");
        return new CudaDriver(library, loaded, Path.GetDirectoryName(path));
    }

    public nint CurrentContext()
    {
        nint context;
        Check(currentContext(&context), "cuCtxGetCurrent");
        return context;
    }

    public void PushContext(nint context) => Check(pushContext(context), "cuCtxPushCurrent");

    public void PopContext()
    {
        nint context;
        Check(popContext(&context), "cuCtxPopCurrent");
    }

    // Retained once and never released: libtorch keeps it until the process ends.
    public nint PrimaryContext(int device)
    {
        int handle;
        nint context;
        Check(((delegate* unmanaged<int*, int, int>)Export("cuDeviceGet"))(&handle, device), "cuDeviceGet");
        var retain = (delegate* unmanaged<nint*, int, int>)Export("cuDevicePrimaryCtxRetain");
        Check(retain(&context, handle), "cuDevicePrimaryCtxRetain");
        return context;
    }

    public int Capability(int device)
    {
        var capability = 10 * Attribute(CapabilityMajor, device) + Attribute(CapabilityMinor, device);
        return capability >= FirstCapability ? capability
            : throw new CudaException(
                $"device {device} has compute capability {capability / 10}.{capability % 10}; 7.0 or later is needed");
    }

    public bool TakesLargeArguments(int device) => version >= FirstWithLargeArguments;

    public byte[] Compile(string text, int capability) => nvrtc.Compile(text, capability);

    public nint Load(byte[] image)
    {
        nint module;
        var load = (delegate* unmanaged<nint*, byte*, int>)Export("cuModuleLoadData");
        fixed (byte* at = image) Check(load(&module, at), "cuModuleLoadData");
        return module;
    }

    public nint Function(nint module, string name)
    {
        nint function;
        var find = (delegate* unmanaged<nint*, nint, byte*, int>)Export("cuModuleGetFunction");
        fixed (byte* text = Encoding.UTF8.GetBytes(name + '\0'))
            Check(find(&function, module, text), "cuModuleGetFunction");
        return function;
    }

    public nint Stream(int device)
    {
        nint stream;
        return currentStream(device, &stream) == 0 ? stream : throw new CudaException($"{StreamExport} failed for device {device}");
    }

    public void Launch(nint function, uint blocks, uint threads, nint stream, void* argument) =>
        Check(launch(function, blocks, 1, 1, threads, 1, 1, 0, stream, &argument, null), "cuLaunchKernel");

    private int Attribute(int attribute, int device)
    {
        int value;
        var get = (delegate* unmanaged<int*, int, int, int>)Export("cuDeviceGetAttribute");
        Check(get(&value, attribute, device), "cuDeviceGetAttribute");
        return value;
    }

    private nint Export(string name) => NativeLibrary.TryGetExport(library, name, out var address) ? address
        : throw new CudaException($"the CUDA driver is too old: it lacks {name}");

    private void Check(int result, string function)
    {
        if (result == 0) return;
        nint text = 0;
        ((delegate* unmanaged<int, nint*, int>)Export("cuGetErrorString"))(result, &text);
        throw new CudaException($"{function} failed: {Marshal.PtrToStringUTF8(text) ?? "unknown"} (CUDA error {result})");
    }
}
