using System.Diagnostics;
using Microsoft.ML;
using Microsoft.ML.Data;
using TorchOptimExt.ML;
using TorchOptimExt.ML.Training;

namespace TorchOptimExt.Benchmarks.MlNet;

/// <summary>
/// Training on 6,000 drawn texts of 52,360 possible words, of which each has about 85, the first ones far more often: as they are, and with
/// all zeros written down.
/// </summary>
internal static class SparseTexts
{
    private const int Texts = 6_000, Words = 52_360, WordsOfText = 85, Epochs = 5;

    internal static IReadOnlyList<string> Measurements { get; } = ["sparse", "dense"];

    internal static void Measure(string measurement, MemoryWatch memory)
    {
        var texts = Drawn(measurement == "sparse").ToList();
        foreach (var batch in (int[])[64, 256])
        {
            var (context, reports) = (new MLContext(seed: 1), new List<EpochReport>());
            var options = new TorchTrainerOptions
            {
                Mlp = new() { HiddenSizes = [64] },
                Epochs = Epochs,
                BatchSize = batch,
                Progress = new GatheredReports(reports),
            };
            var before = memory.Begin();
            var watch = Stopwatch.StartNew();
            context.BinaryClassification.Trainers.Torch(options).Fit(context.Data.LoadFromEnumerable(texts)).Model.Dispose();
            var seconds = reports.Skip(1).Select(report => report.Seconds).Order().ElementAt((Epochs - 1) / 2);
            Console.WriteLine($"{measurement}, batches of {batch}: an epoch {seconds:f2} s (median), all with {Epochs} epochs {watch.Elapsed.TotalSeconds:f1} s, {(memory.Peak - before) / 1e6:f0} MB more memory than before; loss {reports[^1].TrainLoss:f5}");
        }
    }

    private static IEnumerable<Text> Drawn(bool sparse)
    {
        var random = new Random(1);
        for (var k = 0; k < Texts; k++)
        {
            var label = random.Next(2) == 1;
            var words = new SortedSet<int>();
            while (words.Count < WordsOfText)
            {
                var word = (int)(Words * Math.Pow(random.NextDouble(), 3));
                if (word % 10 != (label ? 0 : 1)) words.Add(word);      // of ten words, each kind of text lacks one
            }
            int[] indices = [.. words];
            float[] values = [.. indices.Select(_ => random.NextSingle() / 5)];
            VBuffer<float> features = new(Words, indices.Length, values, indices);
            yield return new() { Label = label, Features = sparse ? features : new(Words, [.. features.DenseValues()]) };
        }
    }

    private sealed class Text
    {
        [VectorType(Words)] public VBuffer<float> Features { get; set; }
        public bool Label { get; set; }
    }
}
