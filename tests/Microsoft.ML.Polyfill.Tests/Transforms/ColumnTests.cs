using Microsoft.ML.Data;

namespace Microsoft.ML.Polyfill.Tests;

/// <summary>Copying, dropping, selecting, converting and looking up columns.</summary>
public class ColumnTests
{
    private readonly MLContext _context = new();

    [Fact]
    public void A_copy_has_type_annotations_and_values()
    {
        var keyed = Apply(_context.Transforms.Conversion.MapValueToKey("Key", "Text"));
        var copied = _context.Transforms.CopyColumns("Copy", "Key").Fit(keyed).Transform(keyed);
        Assert.Equal(keyed.GetColumn<uint>("Key"), copied.GetColumn<uint>("Copy"));
        Assert.True(copied.Schema["Copy"].HasKeyValues());
        Assert.Equal(keyed.Schema["Key"].Type, copied.Schema["Copy"].Type);
    }

    [Fact]
    public void Dropped_columns_are_gone_and_hidden_ones_stay()
    {
        var doubled = Apply(_context.Transforms.CopyColumns("Text", "A"));
        Assert.Equal(2, doubled.Schema.Count(c => c.Name == "Text"));
        var dropped = _context.Transforms.DropColumns("A").Fit(doubled).Transform(doubled);
        Assert.Equal(["Flag", "Text", "Text", "Whole"], dropped.Schema.Select(c => c.Name).Order(StringComparer.Ordinal));
        Assert.Equal([1.5f, -2], dropped.GetColumn<float>("Text"));
        var selected = _context.Transforms.SelectColumns("Text").Fit(doubled).Transform(doubled);
        Assert.Equal([1.5f, -2], selected.GetColumn<float>(Assert.Single(selected.Schema)));
        Assert.Throws<ArgumentOutOfRangeException>(() => _context.Transforms.DropColumns("Nowhere").Fit(doubled));
    }

    [Fact]
    public void Selected_columns_come_in_the_order_asked_for()
    {
        var data = Load();
        var selected = _context.Transforms.SelectColumns("Whole", "A").Fit(data).Transform(data);
        Assert.Equal(["Whole", "A"], selected.Schema.Select(c => c.Name));
        Assert.Equal([1.5f, -2], selected.GetColumn<float>("A"));
    }

    [Theory]
    [InlineData("Whole", new float[] { 3, 4 })]
    [InlineData("Flag", new float[] { 1, 0 })]
    [InlineData("Text", new float[] { 12, float.NaN })]
    public void Columns_convert_to_single(string input, float[] expected)
        => Assert.Equal(expected, Apply(_context.Transforms.Conversion.ConvertType("Out", input)).GetColumn<float>("Out"));

    [Fact]
    public void Vectors_and_other_kinds_convert()
    {
        var joined = Apply(_context.Transforms.Concatenate("V", "A", "A"));
        var converted = _context.Transforms.Conversion.ConvertType([new("V")], DataKind.Double).Fit(joined).Transform(joined);
        Assert.Equal([[1.5, 1.5], [-2, -2]], converted.GetColumn<double[]>("V"));
        Assert.Equal(["1.5", "-2"], Apply(_context.Transforms.Conversion.ConvertType("Out", "A", DataKind.String)).GetColumn<string>("Out"));
        Assert.Equal([3L, 4L], Apply(_context.Transforms.Conversion.ConvertType("Out", "Whole", DataKind.Int64)).GetColumn<long>("Out"));
        Assert.Equal([true, true], Apply(_context.Transforms.Conversion.ConvertType("Out", "A", DataKind.Boolean)).GetColumn<bool>("Out"));
        Assert.Equal(["True", "False"], Apply(_context.Transforms.Conversion.ConvertType("Out", "Flag", DataKind.String)).GetColumn<string>("Out"));
    }

    [Theory]
    [InlineData("A", DataKind.Int32)]
    [InlineData("A", DataKind.UInt32)]
    [InlineData("Whole", DataKind.UInt32)]
    [InlineData("Flag", DataKind.UInt32)]
    public void Conversions_that_could_lose_the_meaning_are_refused(string input, DataKind kind)
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => Apply(_context.Transforms.Conversion.ConvertType("Out", input, kind)));
        Assert.Contains($"Don't know how to convert {input} into", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Text_that_is_no_integer_is_an_error_when_it_is_read()
    {
        var converted = Apply(_context.Transforms.Conversion.ConvertType("Out", "Text", DataKind.Int32));
        Assert.ThrowsAny<InvalidOperationException>(() => converted.GetColumn<int>("Out").ToArray());
    }

    [Fact]
    public void Values_are_looked_up_and_missing_ones_are_default()
    {
        var texts = new Dictionary<string, string> { ["12"] = "twelve" };
        Assert.Equal(["twelve", ""], Apply(_context.Transforms.Conversion.MapValue("Out", texts, "Text")).GetColumn<string>("Out"));
        var numbers = new Dictionary<int, float> { [4] = 0.5f };
        Assert.Equal([0, 0.5f], Apply(_context.Transforms.Conversion.MapValue("Out", numbers, "Whole")).GetColumn<float>("Out"));
        var vectors = new Dictionary<string, float[]> { ["12"] = [1, 2] };
        var mapped = Apply(_context.Transforms.Conversion.MapValue("Out", vectors, "Text"));
        Assert.Equal([[1, 2], []], mapped.GetColumn<float[]>("Out"));
        Assert.Equal(new VectorDataViewType(NumberDataViewType.Single, 2), mapped.Schema["Out"].Type);
        var doubled = new[] { new KeyValuePair<string, string>("a", "b"), new KeyValuePair<string, string>("a", "c") };
        Assert.ThrowsAny<Exception>(() => _context.Transforms.Conversion.MapValue("Out", doubled, "Text").Fit(Load()));
    }

    private IDataView Apply(IEstimator<ITransformer> estimator)
    {
        var data = Load();
        return new EstimatorChain<ITransformer>().Append(estimator).Fit(data).Transform(data);
    }

    private IDataView Load()
        => _context.Data.LoadFromEnumerable(new List<Row> { new() { A = 1.5f, Whole = 3, Flag = true, Text = "12" }, new() { A = -2, Whole = 4, Text = "twelve" } });

    private sealed class Row
    {
        public float A { get; set; }

        public int Whole { get; set; }

        public bool Flag { get; set; }

        public string Text { get; set; } = "";
    }
}
