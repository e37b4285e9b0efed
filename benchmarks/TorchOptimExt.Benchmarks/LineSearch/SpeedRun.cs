using System.Diagnostics;
using System.Globalization;
using TorchOptimExt.LineSearch;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchOptimExt.Benchmarks.LineSearch;

/// <summary>
/// The time of a step of WolfeLBFGS beside its closure, at 10 million parameters and history 10, beside what memory allows: the pairs read
/// twice, and the vectors of the move. The machine's speed is that of copying vectors of that size, in turn with the steps.
/// </summary>
internal static class SpeedRun
{
    private const long Elements = 10_000_000;
    private const int History = 10, Warm = 14, Steps = 15;

    // Read and written by a step: twice 2·m vectors; the gradient twice, the direction written and read; θ read and written, its copy written
    // and read; the new pair: two gradients and the direction read, s and y written.
    private const int Vectors = 4 * History + 4 + 4 + 5;

    public static void Write()
    {
        using var scope = NewDisposeScope();
        var (from, to) = (ones(Elements * 4), ones(Elements * 4));
        manual_seed(0);
        var (x, scale, closure) = (new Parameter(randn(Elements)), rand(Elements).add_(0.01), 0L);
        using var optimizer = optim.WolfeLBFGS([x], history: History, tolerance_grad: 0, tolerance_change: 0);
        List<double> times = [], copies = [];
        var (started, calls) = (Stopwatch.GetTimestamp(), 0);
        optimizer.minimize(() =>
        {
            var began = Stopwatch.GetTimestamp();
            calls++;
            var loss = Loss(x, scale);
            closure += Stopwatch.GetTimestamp() - began;
            return loss;
        }, Warm + Steps, new Each(step =>
        {
            var elapsed = Stopwatch.GetTimestamp() - started - closure;
            // The backward pass is the closure's, too; its time is that of this loss's own.
            times.Add(elapsed / (double)Stopwatch.Frequency - step.Gradients * Backward(x, scale));
            var began = Stopwatch.GetTimestamp();
            to.copy_(from);
            copies.Add(Stopwatch.GetElapsedTime(began).TotalSeconds);
            (started, closure) = (Stopwatch.GetTimestamp(), 0);
        }));
        var median = Median(times);
        var speed = 2 * Elements * 4 * sizeof(float) / Median(copies);      // bytes read and written a second
        var limit = Vectors * Elements * sizeof(float) / speed;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{Elements:N0} parameters, history {History}: {1000 * median:0} ms a step beside its closure and backward passes; memory " +
            $"({speed / 1e9:0.0} GB/s) allows {1000 * limit:0} ms: {median / limit:0.00} times."));
    }

    // One more than quadratic, so that every step has something to do.
    private static Tensor Loss(Parameter x, Tensor scale)
    {
        using var inner = NewDisposeScope();
        return (x * x * scale).sum().MoveToOuterDisposeScope();
    }

    private static double Backward(Parameter x, Tensor scale)
    {
        using var scope = NewDisposeScope();
        using var on = enable_grad();
        using var copy = new Parameter(x.detach().clone());
        var loss = Loss(copy, scale);
        var began = Stopwatch.GetTimestamp();
        loss.backward();
        return Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    private static double Median(List<double> times) => times.Skip(Warm).Order().ElementAt(Steps / 2);

    private sealed class Each(Action<LineSearchStep> action) : IProgress<LineSearchStep>
    {
        public void Report(LineSearchStep value) => action(value);
    }
}
