using Microsoft.ML.Data;
using static Microsoft.ML.Transforms.ValueToKeyMappingEstimator;

namespace Microsoft.ML.Polyfill.Tests;

public class KeyMappingTests
{
    private readonly MLContext _context = new();

    [Fact]
    public void Keys_count_from_one_by_occurrence()
    {
        var result = Map("Text");
        Assert.Equal([1u, 2u, 1u, 3u, 0u], result.GetColumn<uint>("Key"));
        Assert.Equal(new KeyDataViewType(typeof(uint), 3), result.Schema["Key"].Type);
        Assert.Equal(["pear", "apple", "fig"], Texts(result.Schema["Key"]));
    }

    [Fact]
    public void Keys_can_be_ordered_by_value()
    {
        var result = Map("Text", KeyOrdinality.ByValue);
        Assert.Equal([3u, 1u, 3u, 2u, 0u], result.GetColumn<uint>("Key"));
        Assert.Equal(["apple", "fig", "pear"], Texts(result.Schema["Key"]));
    }

    [Fact]
    public void Numbers_are_values_too_and_nan_is_missing()
    {
        var result = Map("Number", KeyOrdinality.ByValue);
        Assert.Equal([2u, 1u, 2u, 0u, 3u], result.GetColumn<uint>("Key"));
        VBuffer<float> values = default;
        result.Schema["Key"].GetKeyValues(ref values);
        Assert.Equal([-1, 2.5f, 7], values.DenseValues());
    }

    [Fact]
    public void Key_values_can_be_kept_as_text()
    {
        var data = Load();
        var result = _context.Transforms.Conversion.MapValueToKey("Key", "Number", addKeyValueAnnotationsAsText: true).Fit(data).Transform(data);
        Assert.Equal(["2.5", "-1", "7"], Texts(result.Schema["Key"]));
    }

    [Fact]
    public void Unknown_values_have_the_missing_key()
    {
        var data = Load();
        var model = _context.Transforms.Conversion.MapValueToKey("Key", "Text", maximumNumberOfKeys: 1).Fit(data);
        Assert.Equal([1u, 0u, 1u, 0u, 0u], model.Transform(data).GetColumn<uint>("Key"));
    }

    [Fact]
    public void Given_key_data_fixes_the_numbers()
    {
        var keys = _context.Data.LoadFromEnumerable(new List<OnlyText> { new() { Text = "fig" }, new() { Text = "pear" } });
        var data = Load();
        var result = _context.Transforms.Conversion.MapValueToKey("Key", "Text", keyData: keys).Fit(data).Transform(data);
        Assert.Equal([2u, 0u, 2u, 1u, 0u], result.GetColumn<uint>("Key"));
    }

    [Fact]
    public void Vectors_are_mapped_slot_by_slot()
    {
        var data = Load();
        var result = _context.Transforms.Conversion.MapValueToKey("Key", "Words").Fit(data).Transform(data);
        Assert.Equal([1u, 2u], result.GetColumn<uint[]>("Key").First());
        Assert.Equal("Vector<Key<UInt32, 0-1>, 2>", result.Schema["Key"].Type.ToString());
        var back = _context.Transforms.Conversion.MapKeyToValue("Back", "Key").Fit(result).Transform(result);
        Assert.Equal(["x", "y"], back.GetColumn<string[]>("Back").First());
    }

    [Fact]
    public void Keys_map_back_to_their_values()
    {
        var result = Map("Text");
        var back = _context.Transforms.Conversion.MapKeyToValue("Back", "Key").Fit(result).Transform(result);
        Assert.Equal(["pear", "apple", "pear", "fig", ""], back.GetColumn<string>("Back"));
        var numbers = Map("Number");
        var values = _context.Transforms.Conversion.MapKeyToValue("Back", "Key").Fit(numbers).Transform(numbers);
        Assert.Equal([2.5f, -1, 2.5f, float.NaN, 7], values.GetColumn<float>("Back"));
    }

    [Fact]
    public void A_key_of_a_key_has_the_first_ones_values()
    {
        var result = Map("Text");
        var again = _context.Transforms.Conversion.MapValueToKey("Again", "Key").Fit(result).Transform(result);
        Assert.Equal(["pear", "apple", "fig"], Texts(again.Schema["Again"]));
    }

    [Fact]
    public void Only_keys_with_values_map_back()
    {
        var data = Load();
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => Chain("Text").Fit(data));
        Assert.Contains("Schema mismatch for input column 'Text': expected KeyType, got String", error.Message, StringComparison.Ordinal);
        var bare = Assert.Throws<ArgumentOutOfRangeException>(() => Chain("Bare").Fit(data));
        Assert.Contains("Input column 'Bare' doesn't contain key values metadata", bare.Message, StringComparison.Ordinal);

        EstimatorChain<Microsoft.ML.Transforms.KeyToValueMappingTransformer> Chain(string input)
            => new EstimatorChain<ITransformer>().Append(_context.Transforms.Conversion.MapKeyToValue("Back", input));
    }

    private IDataView Map(string input, KeyOrdinality order = KeyOrdinality.ByOccurrence)
    {
        var data = Load();
        return _context.Transforms.Conversion.MapValueToKey("Key", input, keyOrdinality: order).Fit(data).Transform(data);
    }

    private static IEnumerable<string> Texts(DataViewSchema.Column column)
    {
        VBuffer<ReadOnlyMemory<char>> values = default;
        column.GetKeyValues(ref values);
        return values.DenseValues().Select(v => v.ToString());
    }

    private IDataView Load()
        => _context.Data.LoadFromEnumerable(new List<Row>
        {
            new() { Text = "pear", Number = 2.5f },
            new() { Text = "apple", Number = -1 },
            new() { Text = "pear", Number = 2.5f },
            new() { Text = "fig", Number = float.NaN },
            new() { Text = "", Number = 7 },
        });

    private sealed class Row
    {
        public string Text { get; set; } = "";

        public float Number { get; set; }

        [VectorType(2)]
        public string[] Words { get; set; } = ["x", "y"];

        [KeyType(3)]
        public uint Bare { get; set; }
    }

    private sealed class OnlyText
    {
        public string Text { get; set; } = "";
    }
}
