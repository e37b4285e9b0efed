using System.CommandLine;
using Datasets;
using Microsoft.ML;
using static TorchSharp.torch;

namespace TorchOptimExt.Benchmarks.MlNet;

/// <summary><c>mlnet</c>: what training and scoring in a pipeline cost.</summary>
internal static class MlNetCommand
{
    private static readonly string[] Rows = ["epoch", "memory", "scoring", "accuracy"];

    public static Command Create()
    {
        var folder = new Option<string>("--data") { Description = "The folder of Fashion-MNIST", DefaultValueFactory = _ => FashionMnist.DebianFolder };
        var epochs = new Option<int>("--epochs") { Description = "Epochs of each side of the comparison with a loop by hand", DefaultValueFactory = _ => 3 };
        var threads = new Option<int>("--threads") { Description = "Threads of libtorch", DefaultValueFactory = _ => Environment.ProcessorCount };
        var rows = new Option<string[]>("--rows") { Description = $"Some of {string.Join(", ", Rows)} (default: all)", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => Rows };
        rows.AcceptOnlyFromAmong(Rows);
        var command = new Command("mlnet", "Training and scoring in an ML.NET pipeline: beside a loop by hand, a prediction engine, and ML.NET's own trainers") { folder, epochs, threads, rows };
        command.SetAction(arguments =>
        {
            set_num_threads(arguments.GetValue(threads));
            Measure(FashionMnist.Load(arguments.GetValue(folder)!), arguments.GetValue(epochs), arguments.GetValue(rows)!);
        });
        return command;
    }

    private static void Measure(FashionMnist images, int epochs, string[] rows)
    {
        var context = new MLContext(seed: 1);
        Console.WriteLine($"Fashion-MNIST, {images.Train.Count} x {FashionMnist.PixelsPerImage} to train with, {images.Test.Count} to test with; MLP with 128 hidden values; {get_num_threads()} threads");
        if (rows.Contains("epoch")) EpochCost.Measure(context, images, epochs);
        if (rows.Contains("memory")) PeakMemory.Measure(context, images);
        if (rows.Contains("scoring")) ScoringSpeed.Measure(context, images);
        if (rows.Contains("accuracy")) TimeToAccuracy.Measure(context, images);
    }
}
