using System.Text.Json;
using static TorchSharp.torch;

namespace TorchSharpPolyfill.Tests;

/// <summary>The operators against PyTorch's own numbers, which References/tensor.py wrote.</summary>
public class TensorReferenceTests
{
    private sealed record Stored(long[] Shape, string Type, JsonElement[] Values)
    {
        internal double[] Numbers => Array.ConvertAll(Values, v => v.ValueKind switch { JsonValueKind.Null => double.NaN, JsonValueKind.String => v.GetString() == "inf" ? double.PositiveInfinity : double.NegativeInfinity, _ => v.GetDouble() });
        internal ScalarType Dtype => Type switch { "bool" => ScalarType.Bool, "int32" => ScalarType.Int32, "int64" => ScalarType.Int64, "float32" => ScalarType.Float32, "float64" => ScalarType.Float64, _ => throw new NotSupportedException(Type) };
    }

    private sealed record File(Dictionary<string, Stored> Inputs, Dictionary<string, Stored[]> Cases, Dictionary<string, Stored> Seeded);

    private static readonly File Expected = JsonSerializer.Deserialize<File>(System.IO.File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "References", "tensor.json")), JsonSerializerOptions.Web)!;

    public static TheoryData<string> Names => [.. Expected.Cases.Keys];

    [Theory, MemberData(nameof(Names))]
    public void Operators_compute_what_PyTorch_computes(string name)
    {
        using var scope = NewDisposeScope();
        var actual = TensorCases.All[name](input => tensor(Expected.Inputs[input].Numbers, Expected.Inputs[input].Shape, dtype: Expected.Inputs[input].Dtype));
        Assert.Equal(Expected.Cases[name].Length, actual.Length);
        for (var k = 0; k < actual.Length; k++) Check($"{name}, result {k}", Expected.Cases[name][k], actual[k], 1e-12);
    }

    [Fact]
    public void Random_numbers_are_PyTorchs_bit_for_bit()
    {
        using var scope = NewDisposeScope();
        manual_seed(7);
        foreach (var (name, draw) in TensorCases.Seeded) Check(name, Expected.Seeded[name], draw(), 0);
    }

    private static void Check(string what, Stored expected, Tensor actual, double relative)
    {
        Assert.True(expected.Shape.SequenceEqual(actual.shape), $"{what}: shape [{string.Join(", ", actual.shape)}], expected [{string.Join(", ", expected.Shape)}]");
        Assert.True(expected.Dtype == actual.dtype, $"{what}: {actual.dtype}, expected {expected.Dtype}");
        var (wanted, found) = (expected.Numbers, actual.to_type(ScalarType.Float64).contiguous().data<double>().ToArray());
        var tolerance = relative * wanted.Where(double.IsFinite).Select(Math.Abs).DefaultIfEmpty(0).Max();
        for (var k = 0; k < wanted.Length; k++)
            Assert.True(wanted[k].Equals(found[k]) || Math.Abs(wanted[k] - found[k]) <= tolerance, $"{what}, element {k}: {found[k]:R}, expected {wanted[k]:R}");
    }
}
