using System.CommandLine;
using Datasets;
using Microsoft.ML;
using TorchOptimExt.Benchmarks.Cli;
using TorchOptimExt.Benchmarks.MlNet.Defaults;
using static TorchSharp.torch;

namespace TorchOptimExt.Benchmarks.MlNet;

/// <summary><c>mlnet</c>: what training and scoring in a pipeline cost.</summary>
internal static class MlNetCommand
{
    public static Command Create()
    {
        var folder = new Option<string?>("--data") { Description = "The folder of Fashion-MNIST (default: where it is installed, else it is downloaded once)" };
        var epochs = Options.Count("--epochs", "Epochs of each side of the comparison with a loop by hand", 3);
        var threads = Options.Count("--threads", "Threads of libtorch", Environment.ProcessorCount);
        var rows = Options.Some("--rows", "Which rows of the table to measure", "epoch", "memory", "scoring", "accuracy");
        var command = new Command("mlnet", "Training and scoring in an ML.NET pipeline: beside a loop by hand, a prediction engine, and ML.NET's own trainers")
        {
            folder, epochs, threads, rows, DefaultsCommand.Create(),
        };
        command.SetAction(arguments =>
        {
            set_num_threads(arguments.GetValue(threads));
            Measure(FashionMnist.Load(arguments.GetValue(folder), Console.Error), arguments.GetValue(epochs), row => arguments.Has(rows, row));
        });
        return command;
    }

    private static void Measure(FashionMnist images, int epochs, Func<string, bool> asked)
    {
        var context = new MLContext(seed: 1);
        Console.WriteLine($"Fashion-MNIST, {images.Train.Count} x {FashionMnist.PixelsPerImage} to train with, {images.Test.Count} to test with; MLP with 128 hidden values; {get_num_threads()} threads");
        if (asked("epoch")) EpochCost.Measure(context, images, epochs);
        if (asked("memory")) PeakMemory.Measure(context, images);
        if (asked("scoring")) ScoringSpeed.Measure(context, images);
        if (asked("accuracy")) TimeToAccuracy.Measure(context, images);
    }
}
