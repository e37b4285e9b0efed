using System.Diagnostics;
using System.Globalization;
using TorchOptimExt;
using TorchSharp.Modules;
using static TorchSharp.torch;

// Steps of fused Adam on a million elements: whether they went over memory once, why not, what they came to, and the milliseconds
// that one takes beside TorchSharp's own.
set_num_threads(1);
var (ours, theirs) = (new Parameter(ones(1 << 20)), new Parameter(ones(1 << 20)));
var (fused, builtIn) = (optim.fused.Adam([ours]), optim.Adam([theirs]));
foreach (var parameter in (Parameter[])[ours, theirs]) parameter.grad = arange(1 << 20).sin();
var ratio = Enumerable.Range(0, 9).Select(_ => Time(fused) / Time(builtIn)).Order().ElementAt(4);
Console.WriteLine(fused.LastStepFused);
Console.WriteLine(fused.LastStepNotFusedBecause);
Console.WriteLine(((ours - theirs).abs().max().item<float>() / theirs.abs().max().item<float>()).ToString("r", CultureInfo.InvariantCulture));
Console.WriteLine(ratio.ToString("r", CultureInfo.InvariantCulture));

static double Time(optim.Optimizer optimizer)
{
    var start = Stopwatch.GetTimestamp();
    optimizer.step();
    return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
}
