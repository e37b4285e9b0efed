namespace TorchOptimExt.Cuda;

/// <summary>The few functions of the CUDA driver, of NVRTC and of libtorch that launching a kernel needs.</summary>
/// <remarks>Each throws <see cref="CudaException"/> where the function that it stands for answers with an error.</remarks>
internal unsafe interface ICudaDriver
{
    /// <summary>The context that is current on this thread; 0 where there is none.</summary>
    nint CurrentContext();

    /// <summary>Makes a context current on this thread until <see cref="PopContext"/>.</summary>
    void PushContext(nint context);

    /// <summary>Makes current what was before <see cref="PushContext"/>.</summary>
    void PopContext();

    /// <summary>The context that libtorch, and the CUDA runtime, use on a device.</summary>
    nint PrimaryContext(int device);

    /// <summary>A device's compute capability, ten times the major number and the minor one.</summary>
    int Capability(int device);

    /// <summary>Whether a kernel on the device takes <see cref="KernelLayout.LargeBytes"/> of arguments.</summary>
    bool TakesLargeArguments(int device);

    /// <summary>Compiles a text for a compute capability.</summary>
    /// <returns>What <see cref="Load"/> takes.</returns>
    byte[] Compile(string text, int capability);

    /// <summary>Loads what was compiled into the current context, for as long as the process lives.</summary>
    nint Load(byte[] image);

    /// <summary>A function of what was loaded.</summary>
    nint Function(nint module, string name);

    /// <summary>The stream that libtorch's operators run on, for this thread and a device.</summary>
    nint Stream(int device);

    /// <summary>Launches a kernel with one argument, a structure, in the current context.</summary>
    void Launch(nint function, uint blocks, uint threads, nint stream, void* argument);
}
