using TorchOptimExt.Benchmarks.Steps;
using TorchOptimExt.LineSearch;
using TorchOptimExt.Stepping;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.Benchmarks.Gpu;

/// <summary>Steps on a device against the CPU's, to the bit, and against TorchSharp's.</summary>
internal sealed class GpuChecks(Device device)
{
    private static readonly ScalarType[] Dtypes = [ScalarType.Float32, ScalarType.Float64, ScalarType.Float16, ScalarType.BFloat16];

    private int passed, failed;

    public (int passed, int failed) Run()
    {
        foreach (var made in GpuOptimizer.All)
            foreach (var dtype in Dtypes) Check($"{made.Name}, {dtype}: the CPU's bits", () => SameBits(made, dtype));
        foreach (var made in GpuOptimizer.All.Where(made => made.TorchSharps is not null))
            foreach (var dtype in Dtypes[..2]) Check($"{made.Name}, {dtype}: TorchSharp's steps", () => LikeTorchSharp(made, dtype));
        Check("3,000 tensors, more than a table holds", () => SameBits(GpuOptimizer.All.Single(made => made.Name == "Adam"), ScalarType.Float32, ManyShapes));
        Check("a scale of the gradient", Scaled);
        foreach (var made in GpuOptimizer.All.Where(made => made.Name is "Adam" or "Adadelta" or "RMSProp" or "Rprop"))
            Check($"{made.Name} by libtorch's script, a rival of the table", () => LikeScript(made.Name));
        Check("loss scaling with clipping", ScaledAndClipped);
        foreach (var dtype in Dtypes) Check($"a random search, {dtype}: the CPU's bits", () => Searched(dtype));
        foreach (var dtype in Dtypes[..2]) Check($"a line search, {dtype}", () => Minimized(dtype));
        Check("parameters that share memory", Tied);
        Check("strided parameters fall back", Strided);
        Check("a checkpoint goes on on the other device", Resumed);
        Check("a thread that has not touched CUDA", () => OnThread(() => SameBits(GpuOptimizer.All[0], ScalarType.Float32)));
        if (device.type == DeviceType.CUDA) RunOnCuda();
        return (passed, failed);
    }

    private void RunOnCuda()
    {
        Check("another stream than the default one", OnStream);
        Check("more than 2^31 elements", Longest);
        if (cuda.device_count() > 1) Check("two devices in one optimizer", OnTwoDevices);
        else Console.WriteLine("One GPU: steps on several were not run.");
    }

    private void Check(string name, Action check)
    {
        try
        {
            using var scope = NewDisposeScope();
            check();
            passed++;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            failed++;
            Console.WriteLine($"FAILED {name}: {e.Message.Split('\n')[0]}");
        }
    }

    private static void Require(bool holds, string otherwise)
    {
        if (!holds) throw new InvalidOperationException(otherwise);
    }

    private static readonly long[][] Shapes = [[4_097], [7, 9], [1], [0], [64], [3, 5, 4, 2]];

    private static readonly long[][] ManyShapes = [.. Enumerable.Range(0, 3_000).Select(k => new long[] { 1 + k % 40 })];

    // The last but one begins where no vector does; the last has its channels innermost.
    private static Parameter[] Parameters(ScalarType dtype, Device device, long[][] shapes)
    {
        using var quiet = no_grad();
        Tensor Values(long[] shape) => arange(shape.Aggregate(1L, (a, b) => a * b), float64).mul(0.37).sin().reshape(shape).to_type(dtype).to(device);
        var made = shapes.Select(Values).ToList();
        made.Add(Values([21])[TensorIndex.Slice(1)]);
        made.Add(Values([2, 5, 3, 4]).permute(0, 3, 1, 2));
        return [.. made.Select(values => new Parameter(values))];
    }

    private static void SetGradients(Parameter[] parameters, int turn)
    {
        using var quiet = no_grad();
        for (var k = 0; k < parameters.Length; k++)
        {
            var p = parameters[k];
            var values = arange(p.NumberOfElements, float64).add(turn + k).mul(1.7).sin().mul(0.5).to_type(p.dtype).reshape(p.shape);
            p.grad = empty_like(p).copy_(values);       // in memory as the parameter is
        }
    }

    private void SameBits(GpuOptimizer made, ScalarType dtype) => SameBits(made, dtype, Shapes);

    private void SameBits(GpuOptimizer made, ScalarType dtype, long[][] shapes)
    {
        var (onCpu, onDevice) = (Parameters(dtype, CPU, shapes), Parameters(dtype, device, shapes));
        using optim.Optimizer cpu = made.Ours(onCpu), other = made.Ours(onDevice);
        for (var step = 0; step < 5; step++)
            foreach (var (parameters, optimizer) in new[] { (onCpu, cpu), (onDevice, other) })
            {
                SetGradients(parameters, step);
                optimizer.step(() => tensor(1.0 / (step % 3 + 1)));
                Require(((IFusedOptimizer)optimizer).LastStepFused, ((IFusedOptimizer)optimizer).LastStepNotFusedBecause ?? "not fused");
            }
        RequireSame(onCpu, onDevice);
    }

    private static void RequireSame(Parameter[] expected, Parameter[] actual)
    {
        for (var k = 0; k < expected.Length; k++)
            if (!Bits(expected[k]).SequenceEqual(Bits(actual[k])))
                throw new InvalidOperationException(
                    $"parameter {k} differs by {(expected[k].to_type(float64) - actual[k].cpu().to_type(float64)).abs().max().item<double>():g3}");
    }

    private static byte[] Bits(Tensor tensor) => tensor.detach().cpu().contiguous().bytes.ToArray();

    // TorchSharp rounds in another order on the way: a few units in the last place a step.
    private void LikeTorchSharp(GpuOptimizer made, ScalarType dtype)
    {
        var (ours, theirs) = (Parameters(dtype, device, Shapes), Parameters(dtype, device, Shapes));
        using optim.Optimizer a = made.Ours(ours), b = made.TorchSharps!(theirs);
        for (var step = 0; step < 50; step++)
            foreach (var (parameters, optimizer) in new[] { (ours, a), (theirs, b) })
            {
                SetGradients(parameters, step);
                optimizer.step();
            }
        var tolerance = dtype == ScalarType.Float64 ? 1e-12 : 1e-5;
        for (var k = 0; k < ours.Length; k++)
            if (ours[k].NumberOfElements > 0)
            {
                var apart = (ours[k] - theirs[k]).abs().max().to_type(float64).item<double>();
                Require(apart <= tolerance, $"parameter {k} is {apart:g3} apart");
            }
    }

    private void Scaled()
    {
        var (onCpu, onDevice) = (Parameters(float32, CPU, Shapes), Parameters(float32, device, Shapes));
        using var cpu = optim.fused.Adam(onCpu);
        using var other = optim.fused.Adam(onDevice);
        foreach (var (parameters, optimizer) in new[] { (onCpu, cpu), (onDevice, other) })
        {
            optimizer.GradientScale = () => 0.3;
            SetGradients(parameters, 0);
            optimizer.step();
        }
        RequireSame(onCpu, onDevice);
    }

    private void LikeScript(string name)
    {
        var contender = Contender.All.Single(contender => contender.Name == name);
        var (ours, theirs) = (Parameters(float32, device, Shapes), Parameters(float32, device, Shapes));
        using var optimizer = contender.Ours(ours);
        using var script = new AtenStep(name.ToLowerInvariant(), theirs);
        for (var step = 0; step < 5; step++)
        {
            SetGradients(ours, step);
            SetGradients(theirs, step);
            optimizer.step();
            script.Step();
        }
        foreach (var (a, b) in ours.Zip(theirs)) Require(a.allclose(b, 1e-4, 1e-6), "other steps");
    }

    // The norm is summed in another order on each device.
    private void ScaledAndClipped()
    {
        var (onCpu, onDevice) = (Parameters(float32, CPU, Shapes), Parameters(float32, device, Shapes));
        foreach (var parameters in new[] { onCpu, onDevice })
        {
            using var optimizer = optim.fused.Adam(parameters);
            var scaler = new GradScaler(init_scale: 1024);
            for (var step = 0; step < 3; step++)
            {
                SetGradients(parameters, step);
                foreach (var p in parameters) p.grad!.mul_((float)scaler.get_scale());
                using var scaled = scaler.scale(ones(1, device: parameters[0].device));
                if (step == 1) parameters[0].grad![0] = float.PositiveInfinity;
                scaler.step(optimizer, max_norm: 0.5);
                scaler.update();
            }
            Require(scaler.get_scale() == 512, $"the scale is {scaler.get_scale()}");
        }
        foreach (var (a, b) in onCpu.Zip(onDevice)) Require(a.allclose(b.cpu(), 1e-5, 1e-7), "other steps");
    }

    // The objective is the CPU's on both, so that the rewards are the same.
    private void Searched(ScalarType dtype)
    {
        var (onCpu, onDevice) = (Parameters(dtype, CPU, Shapes), Parameters(dtype, device, Shapes));
        using var cpu = optim.ARS(onCpu, n_directions: 3, seed: 5);
        using var other = optim.ARS(onDevice, n_directions: 3, seed: 5);
        for (var step = 0; step < 3; step++)
            foreach (var (parameters, optimizer) in new[] { (onCpu, cpu), (onDevice, other) })
                optimizer.step(() => parameters.Select(p => p.cpu().to(float64).sub(0.3).square().sum()).Aggregate((a, b) => a + b));
        RequireSame(onCpu, onDevice);
    }

    private void Minimized(ScalarType dtype)
    {
        var made = new Func<Parameter[], LineSearchOptimizer>[] { p => optim.ArmijoGD(p), p => optim.WolfeLBFGS(p), p => optim.ArmijoNewton(p), p => optim.TrustRegionNewton(p) };
        foreach (var make in made)
        {
            var parameters = Parameters(dtype, device, [[5], [2, 3], [0]]);
            using var optimizer = make(parameters);
            var result = optimizer.minimize(() => parameters.Select(p => (p - 0.3).square().sum() + p.pow(4).sum()).Aggregate((a, b) => a + b), 500);
            Require(result.Converged || result.LargestGradient < 1e-3, $"{optimizer.GetType().Name}: {result}");
        }
    }

    private void Tied()
    {
        var memory = ones(8, device: device);
        Parameter[] tied = [new(memory.alias()), new(memory[TensorIndex.Slice(2, 6)])];
        using var optimizer = optim.fused.SGD(tied, 0.5);
        foreach (var p in tied) p.grad = ones_like(p);
        optimizer.step();
        Require(memory.cpu().data<float>().ToArray() is [0.5f, 0.5f, 0, 0, 0, 0, 0.5f, 0.5f], memory.cpu().str());
    }

    private void Strided()
    {
        Parameter odd = new(arange(12, float32, device: device).reshape(3, 4).t()[TensorIndex.Slice(0, 2)]), plain = new(ones(5, device: device));
        using var optimizer = optim.fused.SGD([odd, plain], 0.5);
        var expected = odd.detach().sub(0.5);
        foreach (var p in (Parameter[])[odd, plain]) p.grad = ones_like(p);
        optimizer.step();
        Require(odd.eq(expected).all().item<bool>() && plain.eq(0.5).all().item<bool>(), "wrong numbers");
        Require(optimizer.LastStepNotFusedBecause?.Contains("gaps") == true, optimizer.LastStepNotFusedBecause ?? "fused");
    }

    private void Resumed()
    {
        var file = Path.GetTempFileName();
        using nn.Module<Tensor, Tensor> first = nn.Linear(20, 3), second = nn.Linear(20, 3);
        first.to(device);
        using var one = optim.fused.Adam(first.parameters());
        using var two = optim.fused.Adam(second.parameters());
        for (var step = 0; step < 10; step++) Step(first, one, step);
        Checkpoint.Save(file, first, one);
        Checkpoint.Load(file, second, two);
        File.Delete(file);
        for (var step = 10; step < 20; step++)
        {
            Step(first, one, step);
            Step(second, two, step);
        }
        RequireSame([.. second.parameters()], [.. first.parameters()]);

        static void Step(nn.Module<Tensor, Tensor> module, optim.Optimizer optimizer, int step)
        {
            SetGradients([.. module.parameters()], step);
            optimizer.step();
        }
    }

    private static void OnThread(Action action)
    {
        Exception? error = null;
        var thread = new Thread(() =>
        {
            try { action(); }
            catch (Exception e) { error = e; }
        });
        thread.Start();
        thread.Join();
        if (error is not null) throw new InvalidOperationException(error.Message, error);
    }

    private void OnStream()
    {
        using var stream = new OtherStream();
        SameBits(GpuOptimizer.All.Single(made => made.Name == "Adam"), ScalarType.Float32);
    }

    private void Longest()
    {
        const long Length = (1L << 31) + 5;
        Parameter long_ = new(zeros([Length], ScalarType.BFloat16, device));
        using var optimizer = optim.fused.SGD([long_], 1);
        long_.grad = ones_like(long_);
        optimizer.step();
        Require(optimizer.LastStepFused, optimizer.LastStepNotFusedBecause ?? "not fused");
        Require(long_.eq(-1).all().item<bool>(), "some elements were left out");
    }

    private static void OnTwoDevices()
    {
        var (onCpu, first, second) = (Parameters(float32, CPU, Shapes), Parameters(float32, new("cuda:0"), Shapes), Parameters(float32, new("cuda:1"), Shapes));
        using optim.Optimizer cpu = optim.fused.Adam(onCpu), both = optim.fused.Adam(first.Concat(second));
        for (var step = 0; step < 3; step++)
        {
            foreach (var parameters in (Parameter[][])[onCpu, first, second]) SetGradients(parameters, step);
            cpu.step();
            both.step();
        }
        RequireSame(onCpu, first);
        RequireSame(onCpu, second);
    }
}
