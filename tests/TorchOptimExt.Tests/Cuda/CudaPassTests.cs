using System.Runtime.InteropServices;
using TorchOptimExt.Cuda;
using TorchOptimExt.FirstOrder;
using TorchOptimExt.Fused;
using TorchOptimExt.Rules;
using TorchOptimExt.Simd;

namespace TorchOptimExt.Tests.Cuda;

/// <summary>What is launched for which tensors, and where, as a driver sees it.</summary>
public class CudaPassTests
{
    private static readonly AdamRule Adam = new(0.001, 0.9, 0.999, 1e-8, 0, false, false, 3);

    [Fact]
    public void Tensors_of_one_rule_and_dtype_are_one_launch()
    {
        var driver = new FakeDriver();
        var pass = new CudaPass<AdamRule>(new(() => driver));
        for (var k = 0; k < 40; k++) Assert.True(pass.Add(0, Segment(Adam, Elements.Float32, 100, at: k)));
        Assert.Empty(driver.Launches);
        pass.Run();
        var launch = Assert.Single(driver.Launches);
        Assert.Equal(40u, launch.Blocks);
        Assert.Equal(40u, MemoryMarshal.Read<uint>(launch.Arguments));
        Assert.Equal([0.9f, 0.1f, 0.999f], Numbers<float>(launch, 3));
    }

    [Fact]
    public void Dtypes_numbers_options_and_devices_that_alternate_are_one_launch_each()
    {
        var driver = new FakeDriver { Capabilities = [90, 90] };
        var pass = new CudaPass<AdamRule>(new(() => driver));
        AdamRule[] rules = [Adam, new(0.002, 0.9, 0.999, 1e-8, 0, false, false, 3), new(0.001, 0.9, 0.999, 1e-8, 0.1, false, false, 3)];
        for (var k = 0; k < 30; k++)
            foreach (var rule in rules) Assert.True(pass.Add(0, Segment(rule, Elements.Float32, 10)));
        for (var k = 0; k < 30; k++)
            foreach (var (device, elements) in new[] { (0, Elements.BFloat16), (1, Elements.BFloat16), (1, Elements.Float64) })
                Assert.True(pass.Add(device, Segment(Adam, elements, 10)));
        pass.Run();
        Assert.Equal(6, driver.Launches.Count);
        Assert.All(driver.Launches, launch => Assert.Equal(30u, MemoryMarshal.Read<uint>(launch.Arguments)));
        // Numbers are arguments: of the first three rules two share a kernel. Devices of one kind share what is compiled.
        Assert.Equal(4, driver.Compiled.Count);
        Assert.Equal(5, driver.Loads);
    }

    [Fact]
    public void Rules_are_told_apart_by_what_they_do_and_by_their_numbers_to_the_bit()
    {
        var driver = new FakeDriver();
        var pass = new CudaPass<Referring>(new(() => driver));
        // A struct that refers to objects cannot be compared by its bytes.
        foreach (var number in (double[])[1, 1, 0.0, -0.0, double.NaN, double.NaN]) Assert.True(pass.Add(0, Segment(new Referring([number]), Elements.Float64, 5)));
        pass.Run();
        Assert.Equal([2u, 1u, 1u, 2u], driver.Launches.Select(launch => MemoryMarshal.Read<uint>(launch.Arguments)));
        Assert.Single(driver.Compiled);
    }

    [Fact]
    public void Later_steps_compile_and_load_nothing()
    {
        var driver = new FakeDriver();
        var kernels = new CudaKernels(() => driver);
        var passes = new[] { new CudaPass<AdamRule>(kernels), new CudaPass<AdamRule>(kernels) };
        for (var step = 1; step <= 5; step++)
            foreach (var pass in passes)
            {
                foreach (var elements in (Elements[])[Elements.Float32, Elements.Float16])
                    Assert.True(pass.Add(0, Segment(new AdamRule(0.001, 0.9, 0.999, 1e-8, 0, false, false, step), elements, 10)));
                pass.Run();
            }
        Assert.Equal(20, driver.Launches.Count);
        Assert.Equal(2, driver.Compiled.Count);
        Assert.Equal(2, driver.Loads);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void More_tensors_than_a_table_holds_are_split_and_none_is_lost(bool large)
    {
        var driver = new FakeDriver { LargeArguments = large };
        var pass = new CudaPass<AdamRule>(new(() => driver));
        var layout = new KernelLayout(Elements.Float32, StateMask.First | StateMask.Second, Kernel(driver).Trace.Numbers.Length);
        Assert.True(layout.SmallCapacity is > 60 and < 128 && layout.LargeCapacity > 600);
        const int Count = 2_000;
        for (var k = 0; k < Count; k++) Assert.True(pass.Add(0, Segment(Adam, Elements.Float32, 5_000 + k, at: k)));
        pass.Run();
        Assert.All(driver.Launches, launch => Assert.Equal(large && launch != driver.Launches[^1], launch.Large && launch != driver.Launches[^1]));
        Assert.Equal(large ? (Count + layout.LargeCapacity - 1) / layout.LargeCapacity : (Count + layout.SmallCapacity - 1) / layout.SmallCapacity, driver.Launches.Count);
        var seen = 0;
        foreach (var launch in driver.Launches)
        {
            var count = MemoryMarshal.Read<uint>(launch.Arguments);
            Assert.InRange(count, 1u, (uint)(launch.Large ? layout.LargeCapacity : layout.SmallCapacity));
            var block = 0u;
            for (var e = 0; e < count; e++, seen++)
            {
                var words = Entry(launch, layout, e);
                var s = Segment(Adam, Elements.Float32, 5_000 + seen, at: seen);
                Assert.Equal([s.Param, s.Grad, s.First, s.Second, s.Length], words[..5]);
                Assert.Equal(block, (uint)words[5]);
                block += (uint)((s.Length + KernelLayout.Chunk - 1) / KernelLayout.Chunk);
            }
            Assert.Equal(block, launch.Blocks);
        }
        Assert.Equal(Count, seen);
    }

    [Fact]
    public void Tensors_of_more_than_2_to_the_31_elements_have_all_their_blocks()
    {
        var driver = new FakeDriver();
        var pass = new CudaPass<EwmaMomentumRule>(new(() => driver));
        const long Long = (1L << 33) + 1, Longest = 6_000_000_000_000;      // the last: 1.46 · 10⁹ blocks
        foreach (var length in (long[])[Long, 7, Longest, Longest]) Assert.True(pass.Add(0, Segment(new EwmaMomentumRule(0.1, 0.9), Elements.Float32, length)));
        pass.Run();
        Assert.Equal(2, driver.Launches.Count);     // a launch has at most 2³¹ − 1 blocks
        var layout = new KernelLayout(Elements.Float32, StateMask.First, 3);
        Assert.Equal([Long, 7, Longest], Enumerable.Range(0, 3).Select(k => Entry(driver.Launches[0], layout, k)[3]));
        Assert.Equal([0L, (Long + 4095) / 4096, (Long + 4095) / 4096 + 1], Enumerable.Range(0, 3).Select(k => Entry(driver.Launches[0], layout, k)[4] & uint.MaxValue));
        Assert.Equal((Long + 4095) / 4096 + 1 + (Longest + 4095) / 4096, driver.Launches[0].Blocks);
        Assert.Equal((Longest + 4095) / 4096, driver.Launches[1].Blocks);
        Assert.Equal(0L, Entry(driver.Launches[1], layout, 0)[4] & uint.MaxValue);
    }

    [Fact]
    public void Empty_tensors_launch_nothing()
    {
        var driver = new FakeDriver();
        var pass = new CudaPass<AdamRule>(new(() => driver));
        Assert.True(pass.Add(0, new(Adam, Elements.Float32, 0, 0, 0, 0, 0, 0)));
        pass.Run();
        Assert.Empty(driver.Launches);
        Assert.Empty(driver.Compiled);
    }

    [Fact]
    public void Only_what_is_aligned_all_over_is_read_by_whole_vectors()
    {
        var driver = new FakeDriver();
        var pass = new CudaPass<AdamRule>(new(() => driver));
        var layout = new KernelLayout(Elements.Float32, StateMask.First | StateMask.Second, Kernel(driver).Trace.Numbers.Length);
        nint[] offsets = [0, 4, 8, 16, 32];
        foreach (var (tensor, offset) in from tensor in Enumerable.Range(0, 4) from offset in offsets select (tensor, offset))
        {
            var at = new nint[] { 1024, 2048, 4096, 8192 };
            at[tensor] += offset;
            Assert.True(pass.Add(0, new(Adam, Elements.Float32, at[0], at[1], at[2], at[3], 0, 64)));
        }
        pass.Run();
        for (var k = 0; k < 20; k++) Assert.Equal(offsets[k % 5] % 16 == 0, Entry(driver.Launches[0], layout, k)[5] >> 32 == 1);
    }

    [Fact]
    public void The_callers_context_is_left_as_it_was_and_its_stream_is_used()
    {
        var driver = new FakeDriver { Capabilities = [90, 80] };
        driver.Streams = device => 7000 + device + 10 * Environment.CurrentManagedThreadId;
        var kernels = new CudaKernels(() => driver);
        nint others = 55;
        driver.PushContext(others);
        Step();
        Assert.Equal(others, driver.CurrentContext());
        driver.PushContext(FakeDriver.ContextOf(0));
        var pushes = driver.Pushes;
        Step();
        Assert.Equal(FakeDriver.ContextOf(0), driver.CurrentContext());
        Assert.Equal(1, driver.Pushes - pushes);        // for the other device alone

        // A thread that has not touched CUDA has no context before, and none afterwards.
        var onThread = new Thread(() =>
        {
            Step();
            Assert.Equal(0, driver.CurrentContext());
        });
        onThread.Start();
        onThread.Join();
        Assert.Equal(6, driver.Launches.Count);
        Assert.Equal(new[] { 90, 80 }, driver.Compiled.Select(one => one.capability));
        Assert.Equal(4, driver.Launches.Select(launch => launch.Stream).Distinct().Count());
        Assert.All(driver.Launches, launch => Assert.Equal(launch.Device, launch.Stream % 10));

        void Step()
        {
            var pass = new CudaPass<AdamRule>(kernels);
            for (var device = 0; device < 2; device++) Assert.True(pass.Add(device, Segment(Adam, Elements.Float32, 10)));
            pass.Run();
        }
    }

    [Fact]
    public void What_was_added_and_not_run_is_forgotten()
    {
        var driver = new FakeDriver();
        var pass = new CudaPass<AdamRule>(new(() => driver));
        Assert.True(pass.Add(0, Segment(Adam, Elements.Float32, 10)));
        pass.Clear();
        pass.Run();
        Assert.Empty(driver.Launches);
        Assert.True(pass.Add(0, Segment(Adam, Elements.Float32, 10)));
        pass.Run();
        Assert.Equal(1u, MemoryMarshal.Read<uint>(Assert.Single(driver.Launches).Arguments));
    }

    [Fact]
    public void A_launch_that_fails_is_an_error_that_says_what_the_driver_said()
    {
        var driver = new FakeDriver { Fails = function => function == "Launch" ? "cuLaunchKernel failed: an illegal memory access was encountered (CUDA error 700)" : null };
        var pass = new CudaPass<AdamRule>(new(() => driver));
        driver.PushContext(55);
        Assert.True(pass.Add(0, Segment(Adam, Elements.Float32, 10)));
        var error = Assert.ThrowsAny<InvalidOperationException>(pass.Run);
        Assert.Contains("illegal memory access", error.Message);
        Assert.Equal(55, driver.CurrentContext());
    }

    [Fact]
    public void A_rule_with_more_numbers_than_arguments_hold_is_refused()
    {
        var driver = new FakeDriver();
        var pass = new CudaPass<Referring>(new(() => driver));
        Assert.True(pass.Add(0, Segment(new Referring([.. Enumerable.Range(0, 500).Select(k => (double)k)]), Elements.Float64, 5)));
        Assert.False(pass.Add(0, Segment(new Referring([.. Enumerable.Range(0, 600).Select(k => (double)k)]), Elements.Float64, 5)));
        Assert.Equal("its rule takes 600 numbers, more than a kernel has room for", pass.Refused);
    }

    private static CudaKernel Kernel(FakeDriver driver)
    {
        var trace = new RuleTrace();
        trace.Record(Adam, StateMask.First | StateMask.Second);
        return new(new(driver, 0), trace, default, 0, 0);
    }

    private static Segment<TRule> Segment<TRule>(TRule rule, Elements elements, long length, int at = 0) where TRule : struct, IUpdateRule =>
        new(rule, elements, 1024 + 64 * at, 2_000_000 + 64 * at, 4_000_000 + 64 * at, typeof(TRule) == typeof(AdamRule) ? 6_000_000 + 64 * at : 0, 0, length);

    private static T[] Numbers<T>(FakeDriver.Launched launch, int count) where T : unmanaged => MemoryMarshal.Cast<byte, T>(launch.Arguments.AsSpan(8))[..count].ToArray();

    private static long[] Entry(FakeDriver.Launched launch, KernelLayout layout, int place) =>
        MemoryMarshal.Cast<byte, long>(launch.Arguments.AsSpan(layout.HeadBytes))[(place * layout.EntryWords)..][..layout.EntryWords].ToArray();

    private readonly struct Referring(double[] numbers) : IUpdateRule
    {
        public void Apply<V>(ref V param, V grad, ref V first, ref V second, ref V third) where V : struct, ILanes<V>
        {
            foreach (var number in numbers) param += number * grad;
        }
    }
}
