using Microsoft.ML.Data;

namespace Microsoft.ML.Polyfill.Tests;

public class CustomMappingTests
{
    private readonly MLContext _context = new();

    [Fact]
    public void Function_runs_once_for_a_row_and_fills_its_columns()
    {
        var calls = 0;
        var data = Load();
        var mapped = _context.Transforms.CustomMapping<Source, Target>((source, target) =>
        {
            calls++;
            target.Sum = source.A + source.B;
            target.Words = [$"{source.A}", "x"];
            target.Key = 1;
        }, null).Fit(data).Transform(data);
        using var cursor = mapped.GetRowCursor(mapped.Schema);
        var sum = cursor.GetGetter<float>(mapped.Schema["Sum"]);
        var words = cursor.GetGetter<VBuffer<ReadOnlyMemory<char>>>(mapped.Schema["Words"]);
        var value = 0f;
        VBuffer<ReadOnlyMemory<char>> text = default;
        while (cursor.MoveNext())
        {
            sum(ref value);
            sum(ref value);
            words(ref text);
        }
        Assert.Equal(2, calls);
        Assert.Equal(7, value);
        Assert.Equal(["3", "x"], text.DenseValues().Select(t => t.ToString()));
        // The object's key index 1 is the column's key 2.
        Assert.Equal([2u, 2u], mapped.GetColumn<uint>("Key"));
    }

    [Fact]
    public void Inputs_that_nothing_asks_for_are_not_computed()
    {
        var calls = 0;
        var data = Load();
        var mapped = _context.Transforms.CustomMapping<Source, Target>((_, _) => calls++, null).Fit(data).Transform(data);
        Assert.Equal(2, mapped.GetColumn<float>("A").Count());
        Assert.Equal(0, calls);
    }

    [Fact]
    public void Missing_and_mistyped_inputs_are_refused()
    {
        var data = Load();
        Assert.Throws<ArgumentOutOfRangeException>(() => _context.Transforms.CustomMapping<Other, Target>((_, _) => { }, null).Fit(data));
        var chain = new EstimatorChain<ITransformer>().Append(_context.Transforms.CustomMapping<Mistyped, Target>((_, _) => { }, null));
        Assert.Throws<ArgumentOutOfRangeException>(() => chain.Fit(data));
    }

    [Fact]
    public void A_mapping_without_a_contract_cannot_be_saved()
    {
        var data = Load();
        var model = _context.Transforms.CustomMapping<Source, Target>((_, _) => { }, null).Fit(data);
        using var stream = new MemoryStream();
        Assert.Throws<InvalidOperationException>(() => _context.Model.Save(model, data.Schema, stream));
    }

    [Fact]
    public void An_unknown_contract_is_named_when_loading()
    {
        var data = Load();
        var model = _context.Transforms.CustomMapping<Source, Target>((_, _) => { }, "nobody knows this").Fit(data);
        using var stream = new MemoryStream();
        _context.Model.Save(model, data.Schema, stream);
        var error = Assert.ThrowsAny<Exception>(() => new MLContext().Model.Load(stream, out _));
        Assert.Contains("nobody knows this", $"{error}", StringComparison.Ordinal);
    }

    private IDataView Load() => _context.Data.LoadFromEnumerable(new List<Source> { new() { A = 1, B = 2 }, new() { A = 3, B = 4 } });

    private sealed class Source
    {
        public float A { get; set; }

        public float B { get; set; }
    }

    private sealed class Target
    {
        public float Sum { get; set; }

        public string[] Words { get; set; } = [];

        [KeyType(5)]
        public uint Key { get; set; }
    }

    private sealed class Other
    {
        public float C { get; set; }
    }

    private sealed class Mistyped
    {
        public string A { get; set; } = "";
    }
}
