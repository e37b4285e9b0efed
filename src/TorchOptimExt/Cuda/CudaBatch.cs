using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TorchOptimExt.Rules;
using TorchOptimExt.Simd;

namespace TorchOptimExt.Cuda;

/// <summary>The tensors of one step that one kernel updates with the same numbers.</summary>
internal sealed unsafe class CudaBatch<TRule> where TRule : struct, IUpdateRule
{
    private readonly List<Entry> entries = [];
    private double[] numbers = [];
    private CudaKernel kernel = null!;
    private TRule rule;

    public CudaKernel Kernel => kernel;

    /// <summary>Begins anew with a kernel, a rule, and the rule's numbers.</summary>
    public void Begin(CudaKernel kernel, in TRule rule, ReadOnlySpan<double> numbers)
    {
        (this.kernel, this.rule) = (kernel, rule);
        if (this.numbers.Length != numbers.Length) this.numbers = new double[numbers.Length];
        numbers.CopyTo(this.numbers);
        entries.Clear();
    }

    /// <summary>Forgets the tensors.</summary>
    public void Clear() => entries.Clear();

    public bool Takes(int device, Elements elements, StateMask states) =>
        kernel.Device.Index == device && kernel.Layout.Elements == elements && kernel.Layout.States == states;

    /// <summary>Whether a rule is this batch's to the byte; one that refers to objects is not, before it was recorded.</summary>
    public bool Has(in TRule other) => !RuntimeHelpers.IsReferenceOrContainsReferences<TRule>() && Bytes(rule).SequenceEqual(Bytes(other));

    private static ReadOnlySpan<byte> Bytes(in TRule rule) =>
        MemoryMarshal.CreateReadOnlySpan(ref Unsafe.As<TRule, byte>(ref Unsafe.AsRef(in rule)), Unsafe.SizeOf<TRule>());

    /// <summary>Whether a rule does what this batch's does, with its numbers to the bit.</summary>
    public bool Takes(RuleTrace trace) =>
        MemoryMarshal.AsBytes(trace.Numbers).SequenceEqual(MemoryMarshal.AsBytes(numbers.AsSpan())) && kernel.Trace.DoesSame(trace);

    /// <summary>Whether the kernel of the step before runs a rule, with whatever numbers.</summary>
    public bool Runs(int device, KernelLayout layout, RuleTrace trace) =>
        kernel.Device.Index == device && kernel.Layout == layout && kernel.Trace.DoesSame(trace);

    public void Add(nint param, nint grad, nint first, nint second, nint third, long length) =>
        entries.Add(new(param, grad, first, second, third, length));

    /// <summary>Launches the kernel, as often as its arguments must be cut.</summary>
    /// <param name="arguments">Room for the arguments, aligned to 8 bytes.</param>
    public void Launch(byte* arguments)
    {
        var (device, driver, done) = (kernel.Device, kernel.Device.Driver, 0);
        WriteHead(arguments);
        var entered = device.Enter();
        try
        {
            var stream = driver.Stream(device.Index);
            while (done < entries.Count)
            {
                var large = kernel.Large != 0 && entries.Count - done > kernel.Layout.SmallCapacity;
                var (taken, blocks) = WriteEntries(arguments, done, large ? kernel.Layout.LargeCapacity : kernel.Layout.SmallCapacity);
                driver.Launch(large ? kernel.Large : kernel.Small, blocks, KernelLayout.Threads, stream, arguments);
                done += taken;
            }
        }
        finally
        {
            device.Leave(entered);
        }
    }

    private void WriteHead(byte* arguments)
    {
        var at = arguments + 8;
        for (var k = 0; k < numbers.Length; k++)
            if (kernel.Layout.NumberBytes == 8) ((double*)at)[k] = numbers[k];
            else ((float*)at)[k] = (float)numbers[k];
    }

    // As many from a place on as there is room for; a launch has at most 2³¹ − 1 blocks.
    private (int taken, uint blocks) WriteEntries(byte* arguments, int from, int most)
    {
        var at = (long*)(arguments + kernel.Layout.HeadBytes);
        var (blocks, taken) = (0L, 0);
        var states = kernel.Layout.States;
        foreach (ref readonly var entry in CollectionsMarshal.AsSpan(entries)[from..])
        {
            var own = (entry.Length + KernelLayout.Chunk - 1) / KernelLayout.Chunk;
            if (taken == most || (taken > 0 && blocks + own > int.MaxValue)) break;
            *at++ = entry.Param;
            *at++ = entry.Grad;
            if ((states & StateMask.First) != 0) *at++ = entry.First;
            if ((states & StateMask.Second) != 0) *at++ = entry.Second;
            if ((states & StateMask.Third) != 0) *at++ = entry.Third;
            *at++ = entry.Length;
            *at++ = blocks | (entry.IsAligned ? 1L << 32 : 0);
            blocks += own;
            taken++;
        }
        ((uint*)arguments)[0] = (uint)taken;
        ((uint*)arguments)[1] = 0;
        return (taken, (uint)blocks);
    }

    private readonly record struct Entry(nint Param, nint Grad, nint First, nint Second, nint Third, long Length)
    {
        public bool IsAligned => ((Param | Grad | First | Second | Third) & (KernelLayout.Alignment - 1)) == 0;
    }
}
