using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

namespace Microsoft.ML.Polyfill.Tests;

public sealed class SaveLoadTests : IDisposable
{
    private readonly MLContext _context = new(seed: 1);
    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void Every_transform_comes_back_from_a_file()
    {
        var lookup = new Dictionary<string, string> { ["a"] = new string('x', 300_000), ["b"] = "y" };
        var pipeline = _context.Transforms.Concatenate("V", "A", "B")
            .Append(_context.Transforms.NormalizeMinMax("MinMax", "V", fixZero: false))
            .Append(_context.Transforms.NormalizeMeanVariance("MeanVariance", "V"))
            .Append(_context.Transforms.Conversion.MapValueToKey("Key", "Text"))
            .Append(_context.Transforms.Conversion.MapKeyToValue("Back", "Key"))
            .Append(_context.Transforms.Conversion.MapValue("Long", lookup, "Text"))
            .Append(_context.Transforms.Conversion.ConvertType("Wide", "A", DataKind.Double))
            .Append(_context.Transforms.CopyColumns("Copy", "Wide"))
            .Append(_context.Transforms.CustomMapping<Source, Target>(new TwiceFactory().GetMapping(), TwiceFactory.Contract))
            .Append(_context.Transforms.DropColumns("Wide"));
        var data = Load();
        var model = pipeline.Fit(data);
        _context.Model.Save(model, data.Schema, _path);

        var loaded = new MLContext().Model.Load(_path, out var schema);

        Assert.Equal(data.Schema.Select(c => c.ToString()), schema.Select(c => c.ToString()));
        var (before, after) = (model.Transform(data), loaded.Transform(data));
        Assert.Equal(before.Schema.Select(c => c.ToString()), after.Schema.Select(c => c.ToString()));
        Assert.Equal(before.GetColumn<float[]>("MinMax"), after.GetColumn<float[]>("MinMax"));
        Assert.Equal(before.GetColumn<float[]>("MeanVariance"), after.GetColumn<float[]>("MeanVariance"));
        Assert.Equal(before.GetColumn<uint>("Key"), after.GetColumn<uint>("Key"));
        Assert.Equal(["a", "b", "a"], after.GetColumn<string>("Back"));
        Assert.Equal([300_000, 1, 300_000], after.GetColumn<string>("Long").Select(text => text.Length));
        Assert.Equal([1, 2, 4], after.GetColumn<double>("Copy"));
        Assert.Equal([2, 4, 8], after.GetColumn<float>("Twice"));
    }

    [Fact]
    public void Annotations_of_the_input_schema_are_kept()
    {
        var data = _context.Transforms.Concatenate("V", "A", "B").Append(_context.Transforms.Conversion.MapValueToKey("Key", "Text")).Fit(Load()).Transform(Load());
        using var stream = new MemoryStream();
        _context.Model.Save(_context.Transforms.CopyColumns("W", "V").Fit(data), data.Schema, stream);
        _context.Model.Load(stream, out var schema);
        VBuffer<ReadOnlyMemory<char>> names = default, values = default;
        schema["V"].GetSlotNames(ref names);
        schema["Key"].GetKeyValues(ref values);
        Assert.Equal(["A", "B"], names.DenseValues().Select(n => n.ToString()));
        Assert.Equal(["a", "b"], values.DenseValues().Select(n => n.ToString()));
    }

    [Fact]
    public void A_model_without_a_schema_loads_without_one()
    {
        using var stream = new MemoryStream();
        _context.Model.Save(_context.Transforms.CopyColumns("W", "A").Fit(Load()), null, stream);
        var model = _context.Model.Load(stream, out var schema);
        Assert.Null(schema);
        Assert.Equal([1, 2, 4], model.Transform(Load()).GetColumn<float>("W"));
    }

    [Fact]
    public void A_broken_file_is_an_error()
    {
        _context.Model.Save(_context.Transforms.CopyColumns("W", "A").Fit(Load()), Load().Schema, _path);
        var bytes = File.ReadAllBytes(_path);
        File.WriteAllBytes(_path, bytes[..(bytes.Length / 2)]);
        Assert.Throws<FormatException>(() => _context.Model.Load(_path, out _));
        File.WriteAllText(_path, "no model");
        Assert.Throws<FormatException>(() => _context.Model.Load(_path, out _));
        Assert.Throws<FileNotFoundException>(() => _context.Model.Load(_path + ".none", out _));
    }

    [Fact]
    public void Prediction_engine_fills_what_it_can_or_says_what_is_missing()
    {
        var model = _context.Transforms.Concatenate("V", "A", "B").Append(_context.Transforms.Conversion.MapValueToKey("Key", "Text")).Fit(Load());
        using var engine = _context.Model.CreatePredictionEngine<Row, Prediction>(model);
        var prediction = engine.Predict(new Row { A = 5, B = 6, Text = "b" });
        Assert.Equal([5, 6], prediction.V);
        Assert.Equal(2u, prediction.Key);
        Assert.Equal(0, prediction.Missing);
        Assert.NotNull(engine.OutputSchema.GetColumnOrNull("Key"));
        engine.Predict(new Row { A = 7, Text = "unseen" }, ref prediction);
        Assert.Equal(0u, prediction.Key);
        Assert.Throws<ArgumentOutOfRangeException>(() => _context.Model.CreatePredictionEngine<Row, Prediction>(model, ignoreMissingColumns: false));
        Assert.Throws<ArgumentNullException>(() => engine.Predict(null!));
    }

    [Fact]
    public void Prediction_engine_disposes_the_transformer_that_it_owns()
    {
        var model = new Disposable();
        _context.Model.CreatePredictionEngine<Row, Prediction>(new TransformerChain<ITransformer>(model), new PredictionEngineOptions { OwnsTransformer = false }).Dispose();
        Assert.False(model.IsDisposed);
        _context.Model.CreatePredictionEngine<Row, Prediction>(new TransformerChain<ITransformer>(model)).Dispose();
        Assert.True(model.IsDisposed);
    }

    private IDataView Load()
        => _context.Data.LoadFromEnumerable(new List<Row> { new() { A = 1, B = 2, Text = "a" }, new() { A = 2, B = -3, Text = "b" }, new() { A = 4, B = 5, Text = "a" } });

    private sealed class Row
    {
        public float A { get; set; }

        public float B { get; set; }

        public string Text { get; set; } = "";
    }

    private sealed class Prediction
    {
        public float[] V { get; set; } = [];

        public uint Key { get; set; }

        public float Missing { get; set; }
    }

    private sealed class Disposable : ITransformer, IDisposable
    {
        public bool IsDisposed { get; private set; }

        public bool IsRowToRowMapper => true;

        public void Dispose() => IsDisposed = true;

        public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => inputSchema;

        public IDataView Transform(IDataView input) => input;

        public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => new Identity(inputSchema);

        void ICanSaveModel.Save(ModelSaveContext ctx) => throw new NotSupportedException();
    }

    private sealed class Identity(DataViewSchema schema) : IRowToRowMapper
    {
        public DataViewSchema InputSchema => schema;

        public DataViewSchema OutputSchema => schema;

        public IEnumerable<DataViewSchema.Column> GetDependencies(IEnumerable<DataViewSchema.Column> dependingColumns) => dependingColumns;

        public DataViewRow GetRow(DataViewRow input, IEnumerable<DataViewSchema.Column> activeColumns) => input;
    }
}

public sealed class Source
{
    public float A { get; set; }
}

public sealed class Target
{
    public float Twice { get; set; }
}

[CustomMappingFactoryAttribute(Contract)]
public sealed class TwiceFactory : CustomMappingFactory<Source, Target>
{
    public const string Contract = "Tests.Twice";

    public override Action<Source, Target> GetMapping() => (source, target) => target.Twice = 2 * source.A;
}
