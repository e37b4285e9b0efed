using Microsoft.Extensions.Logging;
using TorchOptimExt.Cuda;
using TorchOptimExt.FirstOrder;
using TorchOptimExt.Simd;

namespace TorchOptimExt.Tests.Cuda;

/// <summary>Where there can be no kernels: why is said once, and it is not tried again.</summary>
public sealed class CudaKernelsTests : IDisposable
{
    private readonly List<(LogLevel level, string text)> log = [];
    private readonly ILogger? before = CudaKernels.Logger;

    public CudaKernelsTests() => CudaKernels.Logger = new Lines(log);

    public void Dispose() => CudaKernels.Logger = before;

    [Theory]
    [InlineData("Compile", "NVRTC refused a kernel for sm_90 (error 6): text(3): error: expected a ;")]
    [InlineData("Load", "cuModuleLoadData failed: device kernel image is invalid (CUDA error 200)")]
    [InlineData("Function", "cuModuleGetFunction failed: named symbol not found (CUDA error 500)")]
    public void What_the_driver_or_NVRTC_refuses_is_logged_once_and_not_tried_again(string function, string reason)
    {
        var driver = new FakeDriver { Fails = asked => asked == function ? reason : null };
        var kernels = new CudaKernels(() => driver);
        driver.PushContext(55);
        AssertRefuses(kernels, reason);
        var compiled = driver.Compiled.Count;
        driver.Fails = null;
        AssertRefuses(kernels, reason);
        Assert.Equal(compiled, driver.Compiled.Count);
        Assert.Equal(55, driver.CurrentContext());
    }

    [Fact]
    public void A_driver_that_is_missing_or_too_old_is_not_looked_for_again()
    {
        var opened = 0;
        var kernels = new CudaKernels(() =>
        {
            opened++;
            throw new CudaException("the driver is of CUDA 11.4; 12.0 or later is needed");
        });
        AssertRefuses(kernels, "the driver is of CUDA 11.4; 12.0 or later is needed");
        AssertRefuses(kernels, "the driver is of CUDA 11.4; 12.0 or later is needed");
        Assert.Equal(1, opened);
    }

    [Fact]
    public void This_machine_says_what_it_lacks()
    {
        if (TorchSharp.torch.cuda.is_available()) return;
        var kernels = new CudaKernels(CudaDriver.Open);
        Assert.False(Add(kernels, out var refused));
        Assert.Matches("no CUDA kernel can be compiled: (the CUDA driver .* is not installed|libtorch's CUDA library .* is not loaded|cuInit failed)", refused);
    }

    [Fact]
    public void A_kernel_is_compiled_once_for_all_threads_and_logged_with_its_time()
    {
        var driver = new FakeDriver();
        var kernels = new CudaKernels(() => driver);
        Parallel.For(0, 16, _ => Assert.True(Add(kernels, out var _)));
        Assert.Single(driver.Compiled);
        var (level, text) = Assert.Single(log);
        Assert.Equal(LogLevel.Debug, level);
        Assert.Matches(@"^Compiled EwmaMomentumRule_Float32 for compute capability 90 in \d+ ms\.$", text);
    }

    private void AssertRefuses(CudaKernels kernels, string reason)
    {
        Assert.False(Add(kernels, out var refused));
        Assert.Equal("no CUDA kernel can be compiled: " + reason, refused);
        var (level, text) = Assert.Single(log, line => line.level == LogLevel.Warning);
        Assert.Contains(reason, text);
    }

    private static bool Add(CudaKernels kernels, out string? refused)
    {
        var pass = new CudaPass<EwmaMomentumRule>(kernels);
        var added = pass.Add(0, new(new(0.1, 0.9), Elements.Float32, 1024, 2048, 4096, 0, 0, 10));
        refused = pass.Refused;
        return added;
    }

    private sealed class Lines(List<(LogLevel, string)> lines) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (lines) lines.Add((logLevel, formatter(state, exception)));
        }
    }
}
