using System.CommandLine;
using System.Diagnostics;
using TorchSharp;
using static TorchSharp.torch;

namespace TorchOptimExt.Benchmarks.Gpu;

/// <summary><c>gpu</c>: the whole check of steps on CUDA, then their times beside TorchSharp's and PyTorch's.</summary>
internal static class GpuCommand
{
    public static Command Create()
    {
        var onCpu = new Option<bool>("--on-cpu") { Description = "Runs the checks on the CPU instead, to see that the program itself is right" };
        var command = new Command("gpu", "Checks steps on CUDA against the CPU and TorchSharp, and measures them") { onCpu };
        command.SetAction(arguments => Run(arguments.GetValue(onCpu)));
        return command;
    }

    private static int Run(bool onCpu)
    {
        if (!onCpu && !cuda.is_available())
        {
            Console.WriteLine("No GPU: libtorch finds no CUDA device here, so there is nothing to check or measure.");
            return 0;
        }
        if (!onCpu) InitializeDeviceType(DeviceType.CUDA);
        var clock = Stopwatch.StartNew();
        var log = new KernelLog();
        CudaSteps.Logger = log;
        var checks = new GpuChecks(onCpu ? CPU : CUDA);
        var (passed, failed) = checks.Run();
        log.Summarize();
        Console.WriteLine($"Checks took {clock.Elapsed.TotalSeconds:F0} s.");
        if (!onCpu) GpuTable.Run();
        Console.WriteLine($"{passed} passed, {failed} failed");
        return failed == 0 ? 0 : 1;
    }
}
