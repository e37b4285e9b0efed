using System.Runtime.InteropServices;
using System.Text;

namespace TorchOptimExt.Cuda;

/// <summary>NVIDIA's run-time compiler, of which every CUDA build of libtorch brings a copy.</summary>
internal sealed unsafe class Nvrtc
{
    private readonly nint library;
    private readonly int[] capabilities;

    private Nvrtc(nint library)
    {
        this.library = library;
        capabilities = Capabilities();
    }

    /// <summary>Finds it beside libtorch, at <paramref name="torchFolder"/>, or where the system finds it.</summary>
    /// <exception cref="CudaException">It is not there.</exception>
    public static Nvrtc Open(string? torchFolder)
    {
        // libtorch's own stub depends on the version that it was built for. On Linux a look-up in it finds that version's functions;
        // on Windows that version is loaded by then.
        var windows = OperatingSystem.IsWindows();
        var (stub, prefix) = windows ? ("caffe2_nvrtc.dll", "nvrtc64_") : ("libcaffe2_nvrtc.so", "libnvrtc.so");
        string[] versions = windows ? ["nvrtc64_120_0.dll", "nvrtc64_130_0.dll"] : ["libnvrtc.so.12", "libnvrtc.so.13", "libnvrtc.so"];
        var folders = versions.Prepend(stub).SelectMany(name => new[] { Path.Combine(torchFolder ?? "", name), name });
        var found = LoadedLibrary.First(folders, Create);
        if (found == 0) found = LoadedLibrary.First([LoadedLibrary.PathOf(prefix)], Create);
        return found != 0 ? new(found) : throw new CudaException(
            $"NVRTC, CUDA's run-time compiler, is neither beside libtorch ({stub}) nor installed ({versions[0]})");
    }

    /// <summary>Compiles a text for a compute capability: to machine code where this version knows it, else to the latest PTX that it
    /// knows, which the driver translates.</summary>
    /// <exception cref="CudaException">It refused the text or knows no such device.</exception>
    public byte[] Compile(string text, int capability)
    {
        var target = capabilities.Where(known => known <= capability).DefaultIfEmpty(0).Max();
        if (target == 0)
            throw new CudaException($"this NVRTC compiles for no device of compute capability {capability / 10}.{capability % 10}");
        nint program = 0;
        var create = (delegate* unmanaged<nint*, byte*, byte*, int, nint, nint, int>)Export(Create);
        fixed (byte* source = Encoding.UTF8.GetBytes(text + '\0'))
            Check(create(&program, source, null, 0, 0, 0), Create);
        try
        {
            var exact = target == capability;
            CompileProgram(program, exact ? $"sm_{target}" : $"compute_{target}");
            return exact ? Text(program, "nvrtcGetCUBINSize", "nvrtcGetCUBIN") : Text(program, "nvrtcGetPTXSize", "nvrtcGetPTX");
        }
        finally
        {
            ((delegate* unmanaged<nint*, int>)Export("nvrtcDestroyProgram"))(&program);
        }
    }

    private const string Create = "nvrtcCreateProgram";

    // Every operation rounded by itself, as on the CPU.
    private void CompileProgram(nint program, string architecture)
    {
        string[] options =
            [$"--gpu-architecture={architecture}", "--std=c++17", "--fmad=false", "--ftz=false", "--prec-div=true", "--prec-sqrt=true"];
        var texts = stackalloc nint[options.Length];
        for (var k = 0; k < options.Length; k++) texts[k] = Marshal.StringToCoTaskMemUTF8(options[k]);
        var result = ((delegate* unmanaged<nint, int, nint*, int>)Export("nvrtcCompileProgram"))(program, options.Length, texts);
        for (var k = 0; k < options.Length; k++) Marshal.FreeCoTaskMem(texts[k]);
        if (result == 0) return;
        var log = Encoding.UTF8.GetString(Text(program, "nvrtcGetProgramLogSize", "nvrtcGetProgramLog")).Trim('\0', '\n', ' ');
        throw new CudaException($"NVRTC refused a kernel for {architecture} (error {result}): {log}");
    }

    private byte[] Text(nint program, string sizeOf, string get)
    {
        nint size;
        Check(((delegate* unmanaged<nint, nint*, int>)Export(sizeOf))(program, &size), sizeOf);
        var bytes = new byte[size];
        fixed (byte* at = bytes) Check(((delegate* unmanaged<nint, byte*, int>)Export(get))(program, at), get);
        return bytes;
    }

    private int[] Capabilities()
    {
        int count;
        Check(((delegate* unmanaged<int*, int>)Export("nvrtcGetNumSupportedArchs"))(&count), "nvrtcGetNumSupportedArchs");
        var known = new int[count];
        fixed (int* at = known) Check(((delegate* unmanaged<int*, int>)Export("nvrtcGetSupportedArchs"))(at), "nvrtcGetSupportedArchs");
        return known;
    }

    private nint Export(string name) => NativeLibrary.TryGetExport(library, name, out var address) ? address
        : throw new CudaException($"this NVRTC is too old: it lacks {name}");

    private static void Check(int result, string function)
    {
        if (result != 0) throw new CudaException($"{function} failed with error {result}");
    }
}
