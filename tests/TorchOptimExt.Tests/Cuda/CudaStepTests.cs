using TorchOptimExt.Cuda;
using TorchOptimExt.Stepping;
using TorchOptimExt.Tests.FirstOrder;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.Tests.Cuda;

/// <summary>
/// Whole steps of optimizers whose tensors are the kernels': here the CPU's, with kernels compiled for it. They are what they are on SIMD
/// registers, to the bit.
/// </summary>
[Collection(nameof(CompiledKernels))]
public sealed class CudaStepTests(CompiledKernels compiled) : IDisposable
{
    private readonly CudaKernels before = CudaKernels.Current;

    public void Dispose() => CudaKernels.Current = before;

    public static TheoryData<string, ScalarType> All
    {
        get
        {
            var cases = new TheoryData<string, ScalarType>();
            foreach (var made in FirstOrderOptimizer.All)
                foreach (var dtype in (ScalarType[])[ScalarType.Float32, ScalarType.Float64, ScalarType.BFloat16, ScalarType.Float16]) cases.Add(made.Name, dtype);
            return cases;
        }
    }

    [GccTheory]
    [MemberData(nameof(All))]
    public void Fifty_steps_of_every_optimizer_are_those_on_registers(string name, ScalarType dtype)
    {
        var made = FirstOrderOptimizer.Named(name);
        using var scope = NewDisposeScope();
        var driver = compiled.Driver();
        var (onSimd, onKernels) = (Parameters(dtype), Parameters(dtype));
        using var simd = made.Make(onSimd, 0.01);
        CudaKernels.Current = compiled.OnCpu(driver);
        using var kernels = made.Make(onKernels, 0.01);
        for (var step = 0; step < 50; step++)
        {
            foreach (var (parameters, optimizer) in new[] { (onSimd, simd), (onKernels, kernels) })
            {
                foreach (var (p, k) in parameters.Select((p, k) => (p, k))) p.grad = Gradient(p, step + k);
                optimizer.step(() => tensor(1.0 / (step % 3 + 1)));
                Assert.True(((IFusedOptimizer)optimizer).LastStepFused, ((IFusedOptimizer)optimizer).LastStepNotFusedBecause);
            }
            foreach (var (a, b) in onSimd.Zip(onKernels)) Assert.True(Bits(a).SequenceEqual(Bits(b)), $"step {step}");
        }
        Assert.InRange(driver.Launches.Count, 50, 100);     // one a step; SGD's first is another rule
    }

    [GccFact]
    public void A_scale_of_the_gradient_is_the_kernels_too()
    {
        using var scope = NewDisposeScope();
        var (onSimd, onKernels) = (Parameters(float32), Parameters(float32));
        using var simd = optim.fused.Adam(onSimd);
        CudaKernels.Current = compiled.OnCpu();
        using var kernels = optim.fused.Adam(onKernels);
        foreach (var (parameters, optimizer) in new[] { (onSimd, simd), (onKernels, kernels) })
            for (var step = 0; step < 4; step++)
            {
                optimizer.GradientScale = step == 3 ? () => null : () => 0.3 + step;
                foreach (var p in parameters) p.grad = Gradient(p, step);
                optimizer.step();
                Assert.Equal(step < 3, optimizer.LastStepFused);
            }
        foreach (var (a, b) in onSimd.Zip(onKernels)) Assert.Equal(Bits(a), Bits(b));
    }

    [GccFact]
    public void What_cannot_take_part_is_updated_by_tensor_operations_and_says_why_and_the_others_are_launched()
    {
        using var scope = NewDisposeScope();
        var driver = compiled.Driver();
        CudaKernels.Current = compiled.OnCpu(driver);
        Parameter odd = new(arange(12, float32).reshape(3, 4).t()[TensorIndex.Slice(0, 2)]), plain = new(arange(5, float32)), other = new(arange(5, float32));
        using var optimizer = optim.fused.SGD([("odd", odd), ("plain", plain), ("other", other)], 0.5);
        foreach (var p in (Parameter[])[odd, plain, other]) p.grad = ones_like(p);
        var expected = odd.detach().sub(0.5);
        optimizer.step();
        Assert.Equal("parameter 'odd' cannot be visited in one pass: its elements have gaps between them in memory, or overlap", optimizer.LastStepNotFusedBecause);
        Assert.True(odd.detach().eq(expected).all().item<bool>());
        Assert.Equal([-0.5f, 0.5f, 1.5f, 2.5f, 3.5f], plain.data<float>().ToArray());
        Assert.Equal(2u, BitConverter.ToUInt32(Assert.Single(driver.Launches).Arguments));
    }

    [GccFact]
    public void Dense_tensors_of_equal_strides_and_views_take_part()
    {
        using var scope = NewDisposeScope();
        CudaKernels.Current = compiled.OnCpu();
        // As channels_last has them; and a view that begins where no vector does.
        Parameter[] parameters = [new(arange(120, float32).reshape(2, 4, 5, 3).permute(0, 3, 1, 2)), new(arange(20, float32)[TensorIndex.Slice(3)])];
        using var optimizer = optim.fused.SGD(parameters, 0.5, momentum: 0.9);
        var expected = parameters.Select(p => p.detach().mul(0.5f)).ToArray();
        foreach (var p in parameters) p.grad = p.detach().clone();
        optimizer.step();
        Assert.True(optimizer.LastStepFused, optimizer.LastStepNotFusedBecause);
        foreach (var (p, e) in parameters.Zip(expected)) Assert.True(p.detach().eq(e).all().item<bool>());
    }

    [GccFact]
    public void Parameters_that_share_memory_are_updated_one_after_the_other()
    {
        using var scope = NewDisposeScope();
        CudaKernels.Current = compiled.OnCpu();
        var memory = ones(8);
        Parameter[] tied = [new(memory.alias()), new(memory[TensorIndex.Slice(2, 6)]), new(ones(3))];
        using var optimizer = optim.fused.SGD(tied, 0.5);
        foreach (var p in tied) p.grad = ones_like(p);
        optimizer.step();
        Assert.Contains("share memory", optimizer.LastStepNotFusedBecause);
        Assert.Equal([0.5f, 0.5f, 0, 0, 0, 0, 0.5f, 0.5f], memory.data<float>().ToArray());
        Assert.Equal([0.5f, 0.5f, 0.5f], tied[2].data<float>().ToArray());
    }

    [Fact]
    public void Where_there_can_be_no_kernel_everything_runs_by_tensor_operations_and_says_why()
    {
        using var scope = NewDisposeScope();
        var opened = 0;
        CudaKernels.Current = new(() =>
        {
            opened++;
            throw new CudaException("NVRTC, CUDA's run-time compiler, is neither beside libtorch nor installed");
        })
        { DeviceType = DeviceType.CPU };
        var parameters = Parameters(float64);
        var reference = Parameters(float64);
        using var optimizer = optim.fused.Adam(parameters);
        using var torchs = optim.Adam(reference);
        for (var step = 0; step < 5; step++)
        {
            foreach (var p in parameters.Concat(reference)) p.grad = Gradient(p, step);
            optimizer.step();
            torchs.step();
            Assert.False(optimizer.LastStepFused);
            Assert.EndsWith("cannot be visited in one pass: no CUDA kernel can be compiled: NVRTC, CUDA's run-time compiler, is neither beside libtorch nor installed", optimizer.LastStepNotFusedBecause);
        }
        foreach (var (a, b) in parameters.Zip(reference)) Assert.True(a.allclose(b, 1e-12, 1e-14));
        Assert.Equal(1, opened);
    }

    [GccFact]
    public void A_line_search_moves_in_launches_of_a_kernel_to_the_same_bits()
    {
        using var scope = NewDisposeScope();
        var driver = compiled.Driver();
        var (onSimd, onKernels) = (Parameters(float64), Parameters(float64));
        using var simd = optim.ArmijoGD(onSimd);
        CudaKernels.Current = compiled.OnCpu(driver);
        using var kernels = optim.ArmijoGD(onKernels);
        foreach (var (parameters, optimizer) in new[] { (onSimd, (optim.Optimizer)simd), (onKernels, kernels) })
            for (var step = 0; step < 5; step++)
                optimizer.step(() => parameters.Select(p => p.pow(4).sum() + p.sub(0.3).square().sum()).Aggregate((a, b) => a + b));
        Assert.True(driver.Launches.Count >= 5);
        foreach (var (a, b) in onSimd.Zip(onKernels)) Assert.Equal(Bits(a), Bits(b));
    }

    [GccTheory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.Float64)]
    [InlineData(ScalarType.BFloat16)]
    [InlineData(ScalarType.Float16)]
    public void A_random_search_moves_in_launches_of_a_kernel_to_the_same_bits(ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        var driver = compiled.Driver();
        // The last two are in another order in memory: no pass over the CPU's memory that makes deviates on its way takes them.
        var (onSimd, onKernels) = (Ordered(), Ordered());
        using var simd = optim.ARS(onSimd, n_directions: 3, seed: 5);
        CudaKernels.Current = compiled.OnCpu(driver);
        using var kernels = optim.ARS(onKernels, n_directions: 3, seed: 5);
        var ends = new List<byte[]>[] { [], [] };
        for (var step = 0; step < 4; step++)
            foreach (var (parameters, optimizer, seen) in new[] { (onSimd, simd, ends[0]), (onKernels, kernels, ends[1]) })
                optimizer.step(() =>
                {
                    seen.AddRange(parameters.Select(Bits));
                    return parameters.Select(p => p.to(float64).sub(0.3).square().sum()).Aggregate((a, b) => a + b);
                });
        Assert.Equal(4 * 6 * onSimd.Length, ends[0].Count);
        Assert.All(ends[0].Zip(ends[1]), pair => Assert.Equal(pair.First, pair.Second));
        foreach (var (a, b) in onSimd.Zip(onKernels)) Assert.Equal(Bits(a), Bits(b));
        // Of a direction the sum, and for its other end the sum and its mirror image; one of the step.
        Assert.Equal(4 * (3 * 3 + 1), driver.Launches.Count);

        Parameter[] Ordered() => [.. Parameters(dtype), new(arange(120, dtype).reshape(2, 4, 5, 3).permute(0, 3, 1, 2)), new(arange(12, dtype).reshape(3, 4).t())];
    }

    [GccFact]
    public void A_step_that_fails_launches_nothing()
    {
        using var scope = NewDisposeScope();
        var driver = compiled.Driver();
        CudaKernels.Current = compiled.OnCpu(driver);
        Parameter[] parameters = [new(ones(5)), new(ones(5))];
        using var optimizer = optim.fused.SGD(parameters, 0.5);
        parameters[0].grad = ones(5);
        parameters[1].grad = ones(5).to_sparse();
        using var strict = optim.fused.Adam(parameters);
        Assert.Throws<InvalidOperationException>(() => strict.step());
        Assert.Empty(driver.Launches);
        Assert.Equal([1f, 1, 1, 1, 1], parameters[0].data<float>().ToArray());
    }

    [GccFact]
    public void A_rule_of_ones_own_is_a_kernel_too()
    {
        using var scope = NewDisposeScope();
        var driver = compiled.Driver();
        var (onSimd, onKernels) = (Parameters(float32), Parameters(float32));
        using var simd = new MyOptimizers.Lion(onSimd, weight_decay: 0.1);
        CudaKernels.Current = compiled.OnCpu(driver);
        using var kernels = new MyOptimizers.Lion(onKernels, weight_decay: 0.1);
        for (var step = 0; step < 3; step++)
            foreach (var (parameters, optimizer) in new[] { (onSimd, simd), (onKernels, kernels) })
            {
                foreach (var p in parameters) p.grad = Gradient(p, step);
                optimizer.step();
            }
        Assert.Equal(3, driver.Launches.Count);
        foreach (var (a, b) in onSimd.Zip(onKernels)) Assert.Equal(Bits(a), Bits(b));
    }

    // More than a chunk, tails, a single number, nothing, several dimensions.
    private static Parameter[] Parameters(ScalarType dtype) =>
        [.. new long[][] { [4_097], [7, 9], [1], [0], [64] }.Select(shape => new Parameter(arange(shape.Aggregate(1L, (a, b) => a * b), float64).mul(0.37).sin().reshape(shape).to_type(dtype)))];

    private static Tensor Gradient(Parameter parameter, int turn)
    {
        using var quiet = no_grad();
        return arange(parameter.NumberOfElements, float64).add(turn).mul(1.7).sin().mul(0.5).reshape(parameter.shape).to_type(parameter.dtype);
    }

    private static byte[] Bits(Tensor tensor)
    {
        using var row = tensor.contiguous();
        return row.bytes.ToArray();
    }
}
