using System.Diagnostics;
using System.Globalization;
using System.Numerics;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;
using TorchOptimExt;
using TorchOptimExt.Stepping;
using TorchSharp.Modules;
using static TorchSharp.torch;

// FusedSteps time: steps of fused Adam on a million elements: whether they went over memory once, why not, what they came to, and the
// milliseconds that one takes beside TorchSharp's own.
// FusedSteps bits: how wide the registers are, and a hash of what steps of the optimizers come to.
set_num_threads(1);
if (args[0] == "time") Time();
else Bits();

static void Time()
{
    var (ours, theirs) = (new Parameter(ones(1 << 20)), new Parameter(ones(1 << 20)));
    var (fused, builtIn) = (optim.fused.Adam([ours]), optim.Adam([theirs]));
    foreach (var parameter in (Parameter[])[ours, theirs]) parameter.grad = arange(1 << 20).sin();
    var ratio = Enumerable.Range(0, 9).Select(_ => Milliseconds(fused) / Milliseconds(builtIn)).Order().ElementAt(4);
    Console.WriteLine(fused.LastStepFused);
    Console.WriteLine(fused.LastStepNotFusedBecause);
    Console.WriteLine(((ours - theirs).abs().max().item<float>() / theirs.abs().max().item<float>()).ToString("r", CultureInfo.InvariantCulture));
    Console.WriteLine(ratio.ToString("r", CultureInfo.InvariantCulture));
}

static double Milliseconds(optim.Optimizer optimizer)
{
    var start = Stopwatch.GetTimestamp();
    optimizer.step();
    return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
}

static void Bits()
{
    using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    foreach (var make in Optimizers())
        foreach (var dtype in (ScalarType[])[ScalarType.Float32, ScalarType.Float64, ScalarType.Float16, ScalarType.BFloat16])
            foreach (var bytes in Steps(make, dtype))
                hash.AppendData(bytes);
    Console.WriteLine(Vector512.IsHardwareAccelerated ? 512 : 8 * Vector<byte>.Count);
    Console.WriteLine(Convert.ToHexString(hash.GetHashAndReset()));
}

static Func<Parameter[], OptimizerHelper>[] Optimizers() =>
[
    p => optim.fused.SGD(p, 0.01, momentum: 0.9, weight_decay: 0.01), p => optim.fused.SGD(p, 0.01, momentum: 0.9, nesterov: true),
    p => optim.fused.Adagrad(p), p => optim.fused.Adadelta(p), p => optim.fused.RMSProp(p),
    p => optim.fused.RMSProp(p, momentum: 0.5, centered: true), p => optim.fused.Adam(p, amsgrad: true), p => optim.fused.AdamW(p),
    p => optim.fused.Rprop(p), p => optim.fused.Adamax(p), p => optim.fused.NAdam(p), p => optim.fused.RAdam(p), p => optim.fused.ASGD(p),
    p => optim.EwmaMomentum(p, 0.1), p => optim.RpropMinus(p), p => optim.RpropPlus(p),
];

// The parameters after some steps: lengths around whole registers of each width, and one that begins amidst a register.
static IEnumerable<byte[]> Steps(Func<Parameter[], OptimizerHelper> make, ScalarType dtype)
{
    using var scope = NewDisposeScope();
    var parameters = new[] { 1, 7, 16, 33, 1000 }.Select((length, k) => new Parameter((arange(length + k, dtype: float64) * 0.37 + k).sin().to(dtype)[k..])).ToArray();
    using var optimizer = make(parameters);
    for (var step = 0; step < 8; step++)
    {
        foreach (var parameter in parameters) parameter.grad = (arange(parameter.numel(), dtype: float64) * 0.11 + step).cos().to(dtype);
        optimizer.step();
        if (optimizer is IFusedOptimizer { LastStepFused: false } slow) throw new InvalidOperationException(slow.LastStepNotFusedBecause);
    }
    foreach (var parameter in parameters) yield return [.. parameter.detach().contiguous().bytes];
}
