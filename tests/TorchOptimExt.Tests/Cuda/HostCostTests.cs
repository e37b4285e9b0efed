using System.Diagnostics;
using TorchOptimExt.Cuda;
using TorchSharp;
using TorchSharp.Modules;
using Xunit.Abstractions;
using static TorchSharp.torch;

namespace TorchOptimExt.Tests.Cuda;

/// <summary>What a step costs the host: all checks, the gradients fetched, the tables written; launches cost nothing here.</summary>
public sealed class HostCostTests(ITestOutputHelper output) : IDisposable
{
    private const int Count = 1_000;
    private readonly CudaKernels before = CudaKernels.Current;

    public void Dispose() => CudaKernels.Current = before;

    // A bound that a machine busy with other work keeps, too; a mistake that costs an allocation or a wrapper a parameter does not.
    [Fact]
    public void A_step_costs_the_host_no_more_than_a_few_microseconds_a_parameter()
    {
        using var scope = NewDisposeScope();
        var driver = new FakeDriver { Keeps = false };
        CudaKernels.Current = new(() => driver) { DeviceType = DeviceType.CPU };
        var parameters = Enumerable.Range(0, Count).Select(_ => new Parameter(ones(10)) { grad = ones(10) }).ToArray();
        using var optimizer = optim.fused.Adam(parameters);
        // The runtime compiles what runs often a second time when nothing new was called for a tenth of a second.
        for (var pause = 0; pause < 4; pause++)
        {
            for (var k = 0; k < 100; k++) optimizer.step();
            Thread.Sleep(250);
        }
        Assert.True(optimizer.LastStepFused, optimizer.LastStepNotFusedBecause);
        var (best, allocated) = (double.MaxValue, GC.GetAllocatedBytesForCurrentThread());
        for (var k = 0; k < 300; k++)
        {
            var start = Stopwatch.GetTimestamp();
            optimizer.step();
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalMicroseconds);
        }
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        output.WriteLine($"{best / Count:F3} microseconds and {allocated / 300.0 / Count:F2} bytes a parameter");
        Assert.InRange(best / Count, 0, 5);
        Assert.InRange(allocated / 300.0 / Count, 0, 1);
    }
}
