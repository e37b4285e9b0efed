using Microsoft.ML.Data;

namespace Microsoft.ML.Polyfill.Tests;

public class ChainTests
{
    private readonly MLContext _context = new();

    [Fact]
    public void Chain_keeps_its_transformers_and_the_last_ones_type()
    {
        var model = _context.Transforms.CopyColumns("B", "A").Append(_context.Transforms.NormalizeMinMax("C", "B")).Fit(Load());
        Assert.Equal(2, model.Count());
        Microsoft.ML.Transforms.NormalizingTransformer last = model.LastTransformer;
        Assert.Same(model.ElementAt(1), last);
        Assert.Equal(["A", "B", "C"], model.GetOutputSchema(Load().Schema).Select(c => c.Name));
    }

    [Fact]
    public void Scopes_say_when_a_transformer_runs()
    {
        var chain = new EstimatorChain<ITransformer>()
            .Append(_context.Transforms.CopyColumns("Train", "A"), TransformerScope.Training)
            .Append(_context.Transforms.CopyColumns("Score", "A"), TransformerScope.Scoring)
            .Append(_context.Transforms.CopyColumns("All", "A"));
        var model = chain.Fit(Load());
        Assert.Equal(["A", "Score", "All"], model.Transform(Load()).Schema.Select(c => c.Name));
        Assert.Equal(["A", "Train", "All"], model.Transform(Load(), TransformerScope.Training).Schema.Select(c => c.Name));
        Assert.Equal(3, model.GetModelFor(TransformerScope.Everything).Count());
    }

    [Fact]
    public void Schema_errors_surface_before_anything_is_fitted()
    {
        var fitted = false;
        var first = _context.Transforms.NormalizeMinMax("A").WithOnFitDelegate(_ => fitted = true);
        Assert.Throws<ArgumentOutOfRangeException>(() => first.Append(_context.Transforms.CopyColumns("B", "Nowhere")).Fit(Load()));
        Assert.False(fitted);
        first.Append(_context.Transforms.CopyColumns("B", "A")).Fit(Load());
        Assert.True(fitted);
    }

    [Fact]
    public void Transforming_reads_nothing_until_asked()
    {
        var reads = 0;
        var data = _context.Data.LoadFromEnumerable(Rows().Select(row =>
        {
            reads++;
            return row;
        }));
        var transformed = _context.Transforms.CopyColumns("B", "A").Fit(data).Transform(data);
        Assert.Equal(0, reads);
        Assert.Equal([1, 2, 3], transformed.GetColumn<float>("B"));
        Assert.Equal(3, reads);
    }

    [Fact]
    public void Caching_lets_later_estimators_read_the_source_no_more()
    {
        var reads = 0;
        var data = _context.Data.LoadFromEnumerable(Rows().Select(row =>
        {
            reads++;
            return row;
        }));
        _context.Transforms.CopyColumns("B", "A").AppendCacheCheckpoint(_context)
            .Append(_context.Transforms.NormalizeMinMax("C", "B"))
            .Append(_context.Transforms.NormalizeMeanVariance("D", "B"))
            .Append(_context.Transforms.NormalizeMeanVariance("E", "B")).Fit(data);
        Assert.Equal(3, reads);
        Assert.Throws<InvalidOperationException>(() => new EstimatorChain<ITransformer>().AppendCacheCheckpoint(_context));
    }

    [Fact]
    public void Rows_map_one_by_one_through_a_chain()
    {
        ITransformer model = _context.Transforms.CopyColumns("B", "A").Append(_context.Transforms.NormalizeMinMax("C", "B")).Append(_context.Transforms.DropColumns("B")).Fit(Load());
        Assert.True(model.IsRowToRowMapper);
        var mapper = model.GetRowToRowMapper(Load().Schema);
        Assert.Equal(["A", "C"], mapper.OutputSchema.Select(c => c.Name));
        Assert.Equal(["A"], mapper.GetDependencies([mapper.OutputSchema["C"]]).Select(c => c.Name));
        var data = Load();
        var sameSchema = model.GetRowToRowMapper(data.Schema);
        using var cursor = data.GetRowCursor(data.Schema);
        using var row = sameSchema.GetRow(cursor, sameSchema.OutputSchema);
        var getter = row.GetGetter<float>(row.Schema["C"]);
        cursor.MoveNext();
        var value = 0f;
        getter(ref value);
        Assert.Equal(1f / 3, value);
    }

    private IDataView Load() => _context.Data.LoadFromEnumerable(Rows());

    private static List<Row> Rows() => [new() { A = 1 }, new() { A = 2 }, new() { A = 3 }];

    private sealed class Row
    {
        public float A { get; set; }
    }
}
