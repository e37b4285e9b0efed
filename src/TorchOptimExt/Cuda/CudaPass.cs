using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TorchOptimExt.Rules;
using TorchOptimExt.Simd;
using TorchOptimExt.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace TorchOptimExt.Cuda;

/// <summary>
/// Applies an update rule to many CUDA tensors: one launch for all those of a device that share the rule with its numbers and what their
/// elements are, on libtorch's current stream of the device, without waiting for it. The bits are those of <see cref="FusedPass{TRule}"/>.
/// </summary>
internal sealed unsafe class CudaPass<TRule>(CudaKernels kernels) where TRule : struct, IUpdateRule
{
    // As many batches are looked through: dtypes and devices are few, and numbers of each parameter's own are rare.
    private const int Near = 8;

    private readonly List<CudaBatch<TRule>> batches = [];      // from step to step: a batch keeps its kernel and its place
    private readonly RuleTrace trace = new();
    private byte[] arguments = [];
    private int count;

    /// <summary>Why the last parameter was not taken; null where it was.</summary>
    public string? Refused { get; private set; }

    /// <summary>Whose tensors it takes.</summary>
    public DeviceType DeviceType => kernels.DeviceType;

    /// <summary>Forgets what was added.</summary>
    public void Clear()
    {
        for (var k = 0; k < count; k++) batches[k].Clear();
        (count, Refused) = (0, null);
    }

    /// <summary>
    /// Takes a parameter into this step, or says in <see cref="Refused"/> why not. Nothing is changed and nothing is launched before
    /// <see cref="Run"/>: a later parameter may still end the step.
    /// </summary>
    /// <param name="device">The index of the device whose memory the segment lies in.</param>
    /// <param name="segment">The elements, which live until <see cref="Run"/> has returned.</param>
    public bool Add(int device, in Segment<TRule> segment)
    {
        Refused = null;
        if (segment.Length == 0) return true;
        var states = (segment.First != 0 ? StateMask.First : 0) | (segment.Second != 0 ? StateMask.Second : 0)
            | (segment.Third != 0 ? StateMask.Third : 0);
        if (KnownBatch(device, segment.Elements, states, segment.Rule) is not { } batch)
        {
            trace.Record(segment.Rule, states);
            batch = BatchOfTrace(device, segment.Elements, states) ?? NewBatch(device, segment.Elements, states, segment.Rule);
            if (batch is null) return false;
        }
        batch.Add(segment.Param, segment.Grad, segment.First, segment.Second, segment.Third, segment.Length);
        return true;
    }

    /// <summary>
    /// Takes a parameter with its gradient and state, or says in <see cref="Refused"/> why not. They live until <see cref="Run"/> has
    /// returned.
    /// </summary>
    public bool Add(in TRule rule, Tensor param, Tensor grad, Tensor? first = null, Tensor? second = null, Tensor? third = null)
    {
        TensorFacts p = new(param), g = new(grad), a = new(first), b = new(second), c = new(third);
        var elements = Elements.Float32;
        Refused = !NativeTensor.Available ? "this TorchSharp does not tell where tensors lie"
            : OnePass.OtherShape(p, g, a, b, c) ?? OnePass.Obstacle(p, g, a, b, c, out elements, kernels.DeviceType)
            ?? OtherDevice(p, g) ?? OtherDevice(p, a) ?? OtherDevice(p, b) ?? OtherDevice(p, c);
        return Refused is null
            && Add(p.DeviceIndex, new(rule, elements, p.Address, g.Address, a.Address, b.Address, c.Address, p.Length));
    }

    private static string? OtherDevice(in TensorFacts param, in TensorFacts other) =>
        other.Handle == 0 || other.DeviceIndex == param.DeviceIndex ? null : $"not all of it is on {param.Where}";

    // Most parameters of a step have the rule of the one before, to the byte, or that of the last of its dtype.
    private CudaBatch<TRule>? KnownBatch(int device, Elements elements, StateMask states, in TRule rule)
    {
        for (var k = count - 1; k >= Math.Max(0, count - Near); k--)
            if (batches[k].Takes(device, elements, states) && batches[k].Has(rule)) return batches[k];
        return null;
    }

    private CudaBatch<TRule>? BatchOfTrace(int device, Elements elements, StateMask states)
    {
        for (var k = count - 1; k >= Math.Max(0, count - Near); k--)
            if (batches[k].Takes(device, elements, states) && batches[k].Takes(trace)) return batches[k];
        return null;
    }

    private CudaBatch<TRule>? NewBatch(int device, Elements elements, StateMask states, in TRule rule)
    {
        var layout = new KernelLayout(elements, states, trace.Numbers.Length);
        if (layout.SmallCapacity < 1)
        {
            Refused = $"its rule takes {trace.Numbers.Length} numbers, more than a kernel has room for";
            return null;
        }
        var known = count < batches.Count && batches[count].Runs(device, layout, trace) ? batches[count].Kernel : null;
        if ((known ?? kernels.Find(typeof(TRule), trace, layout, device)) is not { } kernel)
        {
            Refused = $"no CUDA kernel can be compiled: {kernels.Unavailable}";
            return null;
        }
        if (count == batches.Count) batches.Add(new());
        batches[count].Begin(kernel, rule, trace.Numbers);
        return batches[count++];
    }

    /// <summary>Updates everything that was added, on each device's current stream, without waiting for it.</summary>
    /// <exception cref="InvalidOperationException">A launch failed; what was added before it may be updated.</exception>
    public void Run()
    {
        if (count == 0) return;
        if (arguments.Length == 0) arguments = GC.AllocateUninitializedArray<byte>(KernelLayout.LargeBytes + 4, pinned: true);
        var buffer = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(arguments));
        for (var k = 0; k < count; k++) batches[k].Launch(buffer);
        Clear();
    }
}
