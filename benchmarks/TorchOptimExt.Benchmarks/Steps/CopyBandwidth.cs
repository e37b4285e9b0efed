using System.Diagnostics;
using System.Runtime.InteropServices;

namespace TorchOptimExt.Benchmarks.Steps;

/// <summary>How fast this machine copies memory with all threads: the limit of a step that reads and writes each number once.</summary>
internal static class CopyBandwidth
{
    private const nuint Bytes = 256 << 20;
    private const int Copies = 20;

    /// <summary>Bytes a second, read and written counted each, in the best of 20 copies of 256 MiB.</summary>
    public static unsafe double Measure()
    {
        byte* source = (byte*)NativeMemory.AlignedAlloc(Bytes, 4096), target = (byte*)NativeMemory.AlignedAlloc(Bytes, 4096);
        NativeMemory.Fill(source, Bytes, 1);
        NativeMemory.Fill(target, Bytes, 2);
        var best = TimeSpan.MaxValue;
        for (var copy = 0; copy < Copies; copy++)
        {
            var start = Stopwatch.GetTimestamp();
            CopyWithAllThreads(source, target);
            var elapsed = Stopwatch.GetElapsedTime(start);
            if (elapsed < best) best = elapsed;
        }
        NativeMemory.AlignedFree(source);
        NativeMemory.AlignedFree(target);
        return 2 * Bytes / best.TotalSeconds;
    }

    private static unsafe void CopyWithAllThreads(byte* source, byte* target)
    {
        var threads = Environment.ProcessorCount;
        var part = Bytes / (nuint)threads;
        Parallel.For(0, threads, k => NativeMemory.Copy(source + (nuint)k * part, target + (nuint)k * part, part));
    }
}
