using System.Diagnostics;
using Datasets;
using Microsoft.ML;
using TorchOptimExt.ML;
using TorchOptimExt.ML.Training;

namespace TorchOptimExt.Benchmarks.MlNet;

/// <summary>Seconds from the data view to 85 % test accuracy, beside what ML.NET's own trainers reach.</summary>
internal static class TimeToAccuracy
{
    private const double Wanted = 0.85;

    internal static void Measure(MLContext context, FashionMnist images)
    {
        var (train, test) = (context.Data.Cache(ImageRow.View(context, images.Train)), context.Data.Cache(ImageRow.View(context, images.Test)));
        var watch = new Stopwatch();
        using var reached = new CancellationTokenSource();
        var options = Perceptron.Options(20, 128, 3e-3);
        (options.ValidationSet, options.CancellationToken, options.KeepModelWhenCancelled) = (test, reached.Token, true);
        var progress = new UntilReached(reached);
        options.Progress = progress;
        watch.Start();
        var model = context.MulticlassClassification.Trainers.Torch(options).Fit(train);
        Show(context, $"Torch, MLP 128, fused Adam, {progress.Epochs} epochs", watch.Elapsed.TotalSeconds, model.Transform(test));
        MeasureRivals(context, train, test);
    }

    private static void MeasureRivals(MLContext context, IDataView train, IDataView test)
    {
        var trainers = context.MulticlassClassification.Trainers;
        Measure("SdcaMaximumEntropy", trainers.SdcaMaximumEntropy());
        Measure("LbfgsMaximumEntropy", trainers.LbfgsMaximumEntropy());

        void Measure(string name, IEstimator<ITransformer> trainer)
        {
            var watch = Stopwatch.StartNew();
            var model = trainer.Fit(train);
            Show(context, name, watch.Elapsed.TotalSeconds, model.Transform(test));
        }
    }

    private static void Show(MLContext context, string name, double seconds, IDataView scored) =>
        Console.WriteLine($"{name}: {seconds:f1} s from the data view to {context.MulticlassClassification.Evaluate(scored).MicroAccuracy:p1} test accuracy");

    private sealed class UntilReached(CancellationTokenSource reached) : IProgress<EpochReport>
    {
        internal int Epochs { get; private set; }

        public void Report(EpochReport value)
        {
            Epochs = value.Epoch;
            if (value.ValidationMetric >= Wanted) reached.Cancel();
        }
    }
}
