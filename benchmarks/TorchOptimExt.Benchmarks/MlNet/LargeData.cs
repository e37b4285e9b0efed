using System.Diagnostics;
using Microsoft.ML;
using Microsoft.ML.Data;
using TorchOptimExt.ML;
using TorchOptimExt.ML.Training;

namespace TorchOptimExt.Benchmarks.MlNet;

/// <summary>Training on rows that are drawn as they are read and are larger than the memory that they may take.</summary>
internal static class LargeData
{
    internal const string Name = "disk";

    private const int Inputs = 100, BatchSize = 256, Epochs = 1;

    internal static void Measure(int gigabytes, string folder, MemoryWatch memory)
    {
        var context = new MLContext(seed: 1);
        var rows = gigabytes * 1_000_000_000L / (Inputs * sizeof(float));
        var reports = new List<EpochReport>();
        var options = new TorchTrainerOptions
        {
            Mlp = new() { HiddenSizes = [] },
            Epochs = Epochs,
            BatchSize = BatchSize,
            RowCache = RowCache.Disk,
            CacheDirectory = folder,
            Progress = new GatheredReports(reports),
        };
        context.Log += (_, message) =>
        {
            if (message.Source == "TorchTrainer" && message.Message.Contains("temporary files", StringComparison.Ordinal)) Console.WriteLine(message.RawMessage);
        };
        var watch = Stopwatch.StartNew();
        context.BinaryClassification.Trainers.Torch(options).Fit(context.Data.LoadFromEnumerable(Rows(rows)));
        var reading = watch.Elapsed.TotalSeconds - reports.Sum(report => report.Seconds);
        Console.WriteLine($"{gigabytes} GB on disk, {rows:n0} rows of {Inputs}: at most {memory.Peak / 1e6:f0} MB of anonymous memory, managed heap limited to {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1e6:f0} MB; "
            + $"counted and read in {reading:f0} s, then trained on at {reports[^1].RowsPerSecond:n0} rows/s; accuracy {reports[^1].TrainMetric:f3}");
    }

    // The same object for all rows: a view over it reads each before the next is made.
    private static IEnumerable<Row> Rows(long count)
    {
        var random = new Random(1);
        var row = new Row { Features = new float[Inputs] };
        for (long k = 0; k < count; k++)
        {
            for (var i = 0; i < Inputs; i++) row.Features[i] = random.NextSingle() - 0.5f;
            row.Label = row.Features[0] + row.Features[1] - row.Features[2] > 0;
            yield return row;
        }
    }

    private sealed class Row
    {
        [VectorType(Inputs)] public float[] Features { get; set; } = [];
        public bool Label { get; set; }
    }
}
