using System.Text.Json;
using static TorchSharp.torch;

namespace TorchSharpPolyfill.Tests;

/// <summary>What References/nn.py wrote.</summary>
internal static class PyTorchReference
{
    internal sealed record Stored(long[] Shape, string Type, double[] Values)
    {
        internal Tensor Make() => tensor(Values, Shape, dtype: Type switch { "float32" => ScalarType.Float32, "float64" => ScalarType.Float64, "int64" => ScalarType.Int64, _ => throw new NotSupportedException(Type) });
    }

    internal sealed record Case(Stored[] Inputs, Dictionary<string, Stored> State, Stored Output, Stored?[] InputGrads, Dictionary<string, Stored> Grads, Dictionary<string, Stored> Buffers);

    internal sealed record File(Dictionary<string, Case> Modules, Dictionary<string, Case> Functions, Dictionary<string, Stored[]> Seeded);

    internal static readonly File All = JsonSerializer.Deserialize<File>(System.IO.File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "References", "nn.json")), JsonSerializerOptions.Web)!;

    /// <summary>float64 to 1e-12 of the largest element: libtorch is the same, the order of its sums may differ with the number of threads.</summary>
    internal static void Equal(Stored expected, Tensor? actual)
    {
        Assert.NotNull(actual);
        Assert.Equal(expected.Shape, actual.shape);
        Assert.Equal(expected.Type, actual.dtype.ToString().ToLowerInvariant());
        var values = actual.to_type(ScalarType.Float64).contiguous().data<double>().ToArray();
        var tolerance = 1e-12 * expected.Values.Select(Math.Abs).DefaultIfEmpty(0).Max();
        for (var k = 0; k < values.Length; k++) Assert.InRange(values[k], expected.Values[k] - tolerance, expected.Values[k] + tolerance);
    }
}
