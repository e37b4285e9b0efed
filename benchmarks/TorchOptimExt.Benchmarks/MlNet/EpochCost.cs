using System.Diagnostics;
using Datasets;
using Microsoft.ML;
using TorchOptimExt.ML;
using TorchOptimExt.ML.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace TorchOptimExt.Benchmarks.MlNet;

/// <summary>The time of an epoch in the pipeline beside the same loop written by hand on tensors in memory. Epochs alternate.</summary>
internal static class EpochCost
{
    private const int BatchSize = 64;

    internal static void Measure(MLContext context, FashionMnist images, int epochs)
    {
        using var hand = new LoopByHand(images.Train);
        List<double> ours = [], theirs = [], ourProcessor = [], theirProcessor = [];
        var options = Perceptron.Options(epochs + 1, BatchSize, 1e-3);
        var began = Processor();
        options.Progress = new Alternating(report =>
        {
            var (watch, between) = (Stopwatch.StartNew(), Processor());
            hand.Epoch(report.Epoch);
            var ended = Processor();
            if (report.Epoch > 1)       // the first is the just-in-time compiler's
            {
                ours.Add(report.Seconds);
                theirs.Add(watch.Elapsed.TotalSeconds);
                ourProcessor.Add(between - began);
                theirProcessor.Add(ended - between);
            }
            began = ended;
        });
        context.MulticlassClassification.Trainers.Torch(options).Fit(ImageRow.View(context, images.Train));
        Console.WriteLine($"epoch in batches of {BatchSize}, fused Adam, medians of {epochs} in turn: {Compare(ours, theirs)}; of processor time {Compare(ourProcessor, theirProcessor)}");
    }

    private static double Processor() => Environment.CpuUsage.TotalTime.TotalSeconds;

    private static string Compare(List<double> ours, List<double> theirs)
    {
        var (a, b) = (Median(ours), Median(theirs));
        return $"pipeline {a:f2} s, loop by hand {b:f2} s: {100 * (a / b - 1):+0.0;-0.0} %";
    }

    private static double Median(List<double> times)
    {
        times.Sort();
        return (times[(times.Count - 1) / 2] + times[times.Count / 2]) / 2;
    }

    /// <summary>Unlike Progress&lt;T&gt;, runs at once and in the training's thread.</summary>
    private sealed class Alternating(Action<EpochReport> then) : IProgress<EpochReport>
    {
        public void Report(EpochReport value) => then(value);
    }

    /// <summary>What one writes without ML.NET, with the loss of the epoch as its only report.</summary>
    private sealed class LoopByHand : IDisposable
    {
        private readonly Tensor features, labels;
        private readonly nn.Module<Tensor, Tensor> module = Perceptron.Module();
        private readonly optim.Optimizer optimizer;

        internal LoopByHand(LabelledImages images)
        {
            using var scope = NewDisposeScope();
            features = tensor(images.Pixels, [images.Count, FashionMnist.PixelsPerImage]).to_type(ScalarType.Float32).div(255).DetachFromDisposeScope();
            labels = tensor(images.Labels).to_type(ScalarType.Int64).DetachFromDisposeScope();
            optimizer = optim.fused.Adam(module.parameters(), 1e-3);
        }

        internal double Epoch(int epoch)
        {
            module.train();
            using var generator = new Generator((ulong)epoch);
            using var order = randperm(features.shape[0], generator: generator);
            var loss = 0.0;
            for (long at = 0; at < features.shape[0]; at += BatchSize)
            {
                using var scope = NewDisposeScope();
                var rows = order.narrow(0, at, Math.Min(BatchSize, features.shape[0] - at));
                optimizer.zero_grad();
                var batch = nn.functional.cross_entropy(module.call(features.index_select(0, rows)), labels.index_select(0, rows));
                batch.backward();
                optimizer.step();
                loss += batch.ToDouble();
            }
            return loss;
        }

        public void Dispose()
        {
            optimizer.Dispose();
            module.Dispose();
            features.Dispose();
            labels.Dispose();
        }
    }
}
