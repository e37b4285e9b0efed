using Microsoft.ML.Data;

namespace Microsoft.ML.Polyfill.Tests;

/// <summary>What differs from the package by intent.</summary>
public class PolyfillOnlyTests
{
    private readonly MLContext _context = new();

    [Fact]
    public void Built_in_trainers_say_that_they_need_the_package()
    {
        var error = Assert.Throws<NotSupportedException>(() => _context.BinaryClassification.Trainers.LbfgsLogisticRegression().Fit(Load()));
        Assert.Contains("needs the package Microsoft.ML", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => _context.BinaryClassification.Trainers.LbfgsLogisticRegression("Truth").Fit(Load()));
    }

    [Fact]
    public void A_transformer_that_saves_nothing_is_found_out_at_once()
    {
        using var stream = new MemoryStream();
        var error = Assert.Throws<InvalidOperationException>(() => _context.Model.Save(new TransformerChain<ITransformer>(new Forgetful()), Load().Schema, stream));
        Assert.Contains(nameof(Forgetful), error.Message, StringComparison.Ordinal);
    }

    private IDataView Load() => _context.Data.LoadFromEnumerable(new List<Row> { new() { Label = true }, new() });

    private sealed class Row
    {
        public bool Label { get; set; }

        [VectorType(1)]
        public float[] Features { get; set; } = [0];
    }

    private sealed class Forgetful : ITransformer
    {
        public bool IsRowToRowMapper => false;

        public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => inputSchema;

        public IDataView Transform(IDataView input) => input;

        public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => throw new NotSupportedException();

        void ICanSaveModel.Save(ModelSaveContext ctx)
        {
        }
    }
}
