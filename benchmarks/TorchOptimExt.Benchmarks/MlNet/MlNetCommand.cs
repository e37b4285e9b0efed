using System.CommandLine;
using Datasets;
using Microsoft.ML;

namespace TorchOptimExt.Benchmarks.MlNet;

/// <summary><c>mlnet</c>: what training and scoring in a pipeline cost.</summary>
internal static class MlNetCommand
{
    public static Command Create()
    {
        var folder = new Option<string>("--data") { Description = "The folder of Fashion-MNIST", DefaultValueFactory = _ => FashionMnist.DebianFolder };
        var epochs = new Option<int>("--epochs") { Description = "Epochs of each side of the comparison with a loop by hand", DefaultValueFactory = _ => 3 };
        var command = new Command("mlnet", "Training and scoring in an ML.NET pipeline: beside a loop by hand, a prediction engine, and ML.NET's own trainers") { folder, epochs };
        command.SetAction(arguments => Measure(FashionMnist.Load(arguments.GetValue(folder)!), arguments.GetValue(epochs)));
        return command;
    }

    private static void Measure(FashionMnist images, int epochs)
    {
        var context = new MLContext(seed: 1);
        Console.WriteLine($"Fashion-MNIST, {images.Train.Count} x {FashionMnist.PixelsPerImage} to train with, {images.Test.Count} to test with; MLP with 128 hidden values");
        EpochCost.Measure(context, images, epochs);
        PeakMemory.Measure(context, images);
        ScoringSpeed.Measure(context, images);
        TimeToAccuracy.Measure(context, images);
    }
}
