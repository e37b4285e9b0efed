using Microsoft.ML.Data;

namespace Microsoft.ML.Polyfill.Tests;

public class ConcatenateTests
{
    private readonly MLContext _context = new();

    [Fact]
    public void Scalars_and_vectors_join_in_order()
    {
        var data = Apply("V", "A", "Pair", "B");
        Assert.Equal([[1, 10, 20, 2], [3, 30, 40, 4]], data.GetColumn<float[]>("V"));
        Assert.Equal(new VectorDataViewType(NumberDataViewType.Single, 4), data.Schema["V"].Type);
    }

    [Fact]
    public void Scalars_name_their_slots()
    {
        VBuffer<ReadOnlyMemory<char>> names = default;
        Apply("V", "A", "Pair", "B").Schema["V"].GetSlotNames(ref names);
        Assert.Equal(["A", "", "", "B"], names.DenseValues().Select(n => n.ToString()));
    }

    [Fact]
    public void Named_slots_of_a_vector_get_its_name_in_front()
    {
        var inner = Apply("V", "A", "B");
        var outer = _context.Transforms.Concatenate("W", "V", "A").Fit(inner).Transform(inner);
        VBuffer<ReadOnlyMemory<char>> names = default;
        outer.Schema["W"].GetSlotNames(ref names);
        Assert.Equal(["V.A", "V.B", "A"], names.DenseValues().Select(n => n.ToString()));
    }

    [Fact]
    public void A_single_vector_passes_with_its_annotations()
    {
        var inner = Apply("V", "A", "B");
        var outer = _context.Transforms.Concatenate("W", "V").Fit(inner).Transform(inner);
        VBuffer<ReadOnlyMemory<char>> names = default;
        outer.Schema["W"].GetSlotNames(ref names);
        Assert.Equal(["A", "B"], names.DenseValues().Select(n => n.ToString()));
        Assert.Equal(inner.GetColumn<float[]>("V"), outer.GetColumn<float[]>("W"));
    }

    [Fact]
    public void Output_may_replace_an_input_which_is_then_hidden()
    {
        var data = Apply("A", "A", "B");
        Assert.Equal([[1, 2], [3, 4]], data.GetColumn<float[]>("A"));
        Assert.Equal(1, data.Schema.Count(c => c.Name == "A" && c.IsHidden));
    }

    [Fact]
    public void Sparse_inputs_join_to_a_sparse_vector()
    {
        var data = _context.Data.LoadFromEnumerable(new List<SparseRow> { new() { One = new(10, 1, [5f], [3]), Two = new(10, 1, [6f], [9]) } });
        var joined = _context.Transforms.Concatenate("V", "One", "Two").Fit(data).Transform(data).GetColumn<VBuffer<float>>("V").Single();
        Assert.Equal(20, joined.Length);
        Assert.False(joined.IsDense);
        Assert.Equal([new(3, 5f), new(19, 6f)], joined.Items());
    }

    [Fact]
    public void Inputs_must_exist_and_be_of_one_type()
    {
        var missing = Assert.Throws<ArgumentOutOfRangeException>(() => Chain("V", "A", "Nowhere").Fit(Load()));
        Assert.Contains("Could not find input column 'Nowhere'", missing.Message, StringComparison.Ordinal);
        var mixed = Assert.Throws<InvalidOperationException>(() => Chain("V", "A", "Text").Fit(Load()));
        Assert.Contains("Column 'Text' has type of String, but expected column type is Single", mixed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_vector_of_the_wrong_length_is_an_error_when_it_is_read()
    {
        var definition = SchemaDefinition.Create(typeof(VectorRow));
        definition["V"].ColumnType = new VectorDataViewType(NumberDataViewType.Single, 3);
        var data = _context.Data.LoadFromEnumerable(new List<VectorRow> { new() { V = [1, 2] } }, definition);
        var joined = _context.Transforms.Concatenate("W", "V", "A").Fit(data).Transform(data);
        var error = Assert.Throws<InvalidOperationException>(() => joined.GetColumn<float[]>("W").ToArray());
        Assert.Contains("Column 'V': expected 3 slots, but got 2", $"{error}", StringComparison.Ordinal);
    }

    private IDataView Apply(string output, params string[] inputs)
    {
        var data = Load();
        return _context.Transforms.Concatenate(output, inputs).Fit(data).Transform(data);
    }

    private EstimatorChain<ColumnConcatenatingTransformer> Chain(string output, params string[] inputs)
        => new EstimatorChain<ITransformer>().Append(_context.Transforms.Concatenate(output, inputs));

    private IDataView Load()
        => _context.Data.LoadFromEnumerable(new List<Row> { new() { A = 1, B = 2, Pair = [10, 20] }, new() { A = 3, B = 4, Pair = [30, 40] } });

    private sealed class Row
    {
        public float A { get; set; }

        public float B { get; set; }

        [VectorType(2)]
        public float[] Pair { get; set; } = [];

        public string Text { get; set; } = "";
    }

    private sealed class SparseRow
    {
        [VectorType(10)]
        public VBuffer<float> One { get; set; }

        [VectorType(10)]
        public VBuffer<float> Two { get; set; }
    }

    private sealed class VectorRow
    {
        public float A { get; set; }

        public float[] V { get; set; } = [];
    }
}
