using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using TorchOptimExt.ML.Modules;
using TorchOptimExt.ML.Scoring;
using static TorchSharp.torch;

namespace TorchOptimExt.ML.Tests.Onnx;

/// <summary>An ONNX file in memory, run by ONNX Runtime.</summary>
internal sealed class OnnxFile : IDisposable
{
    private readonly InferenceSession session;

    internal OnnxFile(Action<Stream> write)
    {
        using var stream = new MemoryStream();
        write(stream);
        session = new(stream.ToArray());
    }

    internal IEnumerable<string> Inputs => session.InputMetadata.Keys;
    internal IEnumerable<string> Outputs => session.OutputMetadata.Keys;

    public void Dispose() => session.Dispose();

    /// <summary>An output as values of the rows one after the other, of rows of the column Features.</summary>
    internal T[] Run<T>(string output, float[][] features)
    {
        var input = new DenseTensor<float>(features.SelectMany(f => f).ToArray(), [features.Length, features[0].Length]);
        using var results = session.Run([NamedOnnxValue.CreateFromTensor("Features", input)], [output]);
        var values = results[0].AsTensor<T>();
        Assert.Equal(features.Length, values.Dimensions[0]);
        Assert.Equal(2, values.Rank);
        return [.. values];
    }

    /// <summary>A trained transformer of a module as it is.</summary>
    internal static TorchTransformer Transformer(nn.Module<TorchSharp.torch.Tensor, TorchSharp.torch.Tensor> module, long inputs, long outputs, TaskKind task = TaskKind.MultiOutputRegression) =>
        new("Features", new TorchModel(task, inputs, outputs, new Architecture(null, null), module, CPU));

    internal static float[][] Rows(int count, int width, int seed = 1)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => Enumerable.Range(0, width).Select(_ => (float)(random.NextDouble() * 4 - 2)).ToArray())];
    }

    /// <summary>Within 1e-6, of the value where that is larger than 1.</summary>
    internal static void AssertAgree(IEnumerable<float> expected, IEnumerable<float> actual)
    {
        var (first, second) = (expected.ToList(), actual.ToList());
        Assert.Equal(first.Count, second.Count);
        Assert.All(first.Zip(second), pair => Assert.Equal(pair.First, pair.Second, 1e-6 * Math.Max(1, Math.Abs(pair.First))));
    }
}
