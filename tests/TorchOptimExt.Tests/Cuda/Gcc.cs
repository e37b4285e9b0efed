using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace TorchOptimExt.Tests.Cuda;

/// <summary>The system's C++ compiler, which takes the text of kernels once CUDA's names have a meaning on the CPU.</summary>
internal static class Gcc
{
    private const int FirstVersion = 12;        // the first with _Float16 on x64

    // Threads run one after the other; a half is converted by the compiler's own functions.
    private const string Prelude = """
        #include <math.h>
        #define __device__
        #define __global__
        #define __forceinline__ inline
        #define __launch_bounds__(threads)
        #define __grid_constant__
        static struct { unsigned x; } threadIdx, blockIdx;
        static inline float __uint_as_float(unsigned x) { float y; __builtin_memcpy(&y, &x, 4); return y; }
        static inline unsigned __float_as_uint(float x) { unsigned y; __builtin_memcpy(&y, &x, 4); return y; }
        static inline float half_to_float(unsigned short x) { _Float16 y; __builtin_memcpy(&y, &x, 2); return (float)y; }
        static inline unsigned short float_to_half(float x) { const _Float16 y = (_Float16)x; unsigned short z; __builtin_memcpy(&z, &y, 2); return z; }

        """;

    /// <summary>Why it cannot be used; null where it can.</summary>
    public static string? Missing { get; } = Probe();

    /// <summary>Compiles texts of kernels, of which each has another name, into one library.</summary>
    /// <returns>The functions that run a kernel, in the order of the texts: (arguments, blocks, whether with large arguments).</returns>
    public static nint[] Compile(IReadOnlyList<(string name, string text)> kernels)
    {
        var path = Path.Combine(Path.GetTempPath(), $"kernels-{Guid.NewGuid():n}");
        // As many processes as the machine has cores.
        var parts = kernels.Chunk(Math.Max(1, (kernels.Count + Environment.ProcessorCount - 1) / Environment.ProcessorCount)).ToArray();
        try
        {
            var processes = parts.Select((part, k) => Start($"{path}-{k}", part)).ToArray();
            foreach (var process in processes) Finish(process);
            var libraries = parts.Select((_, k) => NativeLibrary.Load($"{path}-{k}.so")).ToArray();
            return [.. parts.SelectMany((part, k) => part.Select(kernel => NativeLibrary.GetExport(libraries[k], Runner(kernel.name))))];
        }
        finally
        {
            foreach (var file in Directory.GetFiles(Path.GetTempPath(), Path.GetFileName(path) + "*")) File.Delete(file);
        }
    }

    private static string Runner(string name) => name + "_run";

    private static Process Start(string path, (string name, string text)[] kernels)
    {
        var source = new StringBuilder(Prelude);
        foreach (var (name, text) in kernels)
            source.Append($$"""
                namespace space_{{name}} {
                {{text}}
                extern "C" void {{Runner(name)}}(const void* args, u32 blocks, int large)
                {
                    for (blockIdx.x = 0; blockIdx.x < blocks; blockIdx.x++)
                        for (threadIdx.x = 0; threadIdx.x < THREADS; threadIdx.x++)
                            if (large) step(*(const Args<LARGE>*)args); else step(*(const Args<SMALL>*)args);
                }
                }

                """);
        File.WriteAllText(path + ".cpp", source.ToString());
        return Process.Start(new ProcessStartInfo("g++", ["-O1", "-std=c++17", "-w", "-ffp-contract=off", "-fno-math-errno", "-fPIC", "-shared", "-o", path + ".so", path + ".cpp"])
        {
            RedirectStandardError = true,
        })!;
    }

    private static void Finish(Process process)
    {
        using (process)
        {
            var errors = process.StandardError.ReadToEnd();
            process.WaitForExit();
            Assert.True(process.ExitCode == 0, errors);
        }
    }

    private static string? Probe()
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo("g++", "-dumpversion") { RedirectStandardOutput = true })!;
            var version = process.StandardOutput.ReadToEnd().Trim();
            return int.Parse(version.Split('.')[0]) >= FirstVersion ? null : $"g++ is {version}; the texts of kernels need {FirstVersion} or later";
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or FormatException)
        {
            return "g++, which compiles the texts of kernels for the CPU, is not installed";
        }
    }
}
