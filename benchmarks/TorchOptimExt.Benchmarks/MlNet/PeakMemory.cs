using System.Globalization;
using Datasets;
using Microsoft.ML;
using TorchOptimExt.ML;

namespace TorchOptimExt.Benchmarks.MlNet;

/// <summary>How much the process grows at most while a model is fitted, beside the size of the data as float32. Linux only.</summary>
internal static class PeakMemory
{
    internal static void Measure(MLContext context, FashionMnist images)
    {
        const string reset = "/proc/self/clear_refs";
        if (!File.Exists(reset)) return;
        var view = ImageRow.View(context, images.Train);
        GC.Collect();
        File.WriteAllText(reset, "5");  // the peak begins at the present size
        var before = Status("VmRSS:");
        var options = Perceptron.Options(1, 1024, 1e-3);
        options.ValidationFraction = 0.1;
        context.MulticlassClassification.Trainers.Torch(options).Fit(view).Model.Dispose();
        var data = (double)images.Train.Count * FashionMnist.PixelsPerImage * sizeof(float);
        var grown = 1024.0 * (Status("VmHWM:") - before);
        Console.WriteLine($"memory while fitting: {grown / 1e6:f0} MB, {grown / data:f2} times the data of {data / 1e6:f0} MB");
    }

    private static long Status(string name) =>
        long.Parse(File.ReadLines("/proc/self/status").First(line => line.StartsWith(name, StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2].Trim(), CultureInfo.InvariantCulture);
}
