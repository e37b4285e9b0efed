using System.Diagnostics;
using Microsoft.ML;
using Microsoft.ML.Data;
using TorchOptimExt.ML;

namespace TorchOptimExt.Benchmarks.MlNet;

/// <summary>Saving and loading a pipeline with 161 MB of weights.</summary>
internal static class LargeModel
{
    private const int Width = 6000, Inputs = 708;

    internal static IReadOnlyList<string> Measurements { get; } = ["SaveTorch", "LoadTorch", "Save", "Load"];

    internal static void Delete(string folder)
    {
        foreach (var torch in (bool[])[true, false]) File.Delete(FilePath(folder, torch));
    }

    internal static void Measure(string measurement, string folder, MemoryWatch memory)
    {
        var (context, path) = (new MLContext(seed: 1), FilePath(folder, measurement.EndsWith("Torch", StringComparison.Ordinal)));
        ITransformer? model = measurement.StartsWith("Save", StringComparison.Ordinal) ? Train(context) : null;
        var before = memory.Begin();
        var watch = Stopwatch.StartNew();
        switch (measurement)
        {
            case "SaveTorch": context.Model.SaveTorch(model!, null, path); break;
            case "Save": context.Model.Save(model!, null, path); break;
            case "LoadTorch": model = context.Model.LoadTorch(path, out _); break;
            default: model = TorchTransformer.Restore(context.Model.Load(path, out _)); break;
        }
        Console.WriteLine($"{measurement}: {watch.Elapsed.TotalSeconds:f2} s, {(memory.Peak - before) / 1e6:f0} MB more memory than before, the file {new FileInfo(path).Length / 1e6:f0} MB");
        GC.KeepAlive(model);
    }

    private static TorchTransformer Train(MLContext context)
    {
        var data = context.Data.LoadFromEnumerable(Enumerable.Range(0, 64).Select(i => new Row { Features = [.. Enumerable.Range(0, Inputs).Select(k => (float)((i * k) % 7))], Label = i }));
        var options = new TorchTrainerOptions { Mlp = new() { HiddenSizes = [Width, Width] }, Optimizer = parameters => TorchSharp.torch.optim.SGD(parameters, 1e-3), Epochs = 1 };
        return context.Regression.Trainers.Torch(options).Fit(data);
    }

    private static string FilePath(string folder, bool torch) => Path.Combine(folder, torch ? "large-model-torch.zip" : "large-model.zip");

    private sealed class Row
    {
        [VectorType(Inputs)] public float[] Features { get; set; } = [];
        public float Label { get; set; }
    }
}
