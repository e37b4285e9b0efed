using System.Diagnostics;
using Datasets;
using Microsoft.ML;
using Microsoft.ML.Data;
using TorchOptimExt.ML;
using static TorchSharp.torch;

namespace TorchOptimExt.Benchmarks.MlNet;

/// <summary>
/// Rows scored in a second: by the transformer, and by a prediction engine on the same model, row by row; beside the module alone on a
/// batch that lies ready, which no scoring can outrun.
/// </summary>
internal static class ScoringSpeed
{
    private const int BatchSize = 1024;

    internal static void Measure(MLContext context, FashionMnist images)
    {
        List<ImageRow> rows =
            [.. ImageRow.Rows(images.Train).Select(row => new ImageRow { Features = [.. row.Features], Label = row.Label })];
        var view = context.Data.LoadFromEnumerable(rows);
        var model = context.MulticlassClassification.Trainers.Torch(Perceptron.Options(1, 256, 1e-3)).Fit(view);
        using var engine = context.Model.CreatePredictionEngine<ImageRow, Scores>(model);
        var batched = Best(() => model.Transform(view).GetColumn<uint>("PredictedLabel").Count());
        var single = Best(() => rows.Take(10_000).Count(row => engine.Predict(row).Score.Length == FashionMnist.Classes));
        var alone = Best(() => Alone(model.Model.Module, rows.Count / BatchSize));
        Console.WriteLine($"scoring {rows.Count:n0} rows: {batched:n0} rows/s in batches, {single:n0} rows/s by a prediction engine: "
            + $"{batched / single:f1} times; the module alone {alone:n0} rows/s: {alone / single:f1} times");
    }

    private static int Alone(nn.Module<Tensor, Tensor> module, int batches)
    {
        using var quiet = inference_mode();
        using var scope = NewDisposeScope();
        var batch = rand(BatchSize, FashionMnist.PixelsPerImage);
        for (var k = 0; k < batches; k++) module.call(batch).softmax(1).Dispose();
        return batches * BatchSize;
    }

    // The best of five: what else the machine does only ever slows down.
    private static double Best(Func<int> run) => Enumerable.Range(0, 5).Max(_ =>
    {
        var watch = Stopwatch.StartNew();
        var rows = run();
        return rows / watch.Elapsed.TotalSeconds;
    });

    private sealed class Scores
    {
        public float[] Score { get; set; } = [];
    }
}
