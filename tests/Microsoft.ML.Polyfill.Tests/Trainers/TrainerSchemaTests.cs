using Microsoft.ML.Data;

namespace Microsoft.ML.Polyfill.Tests;

/// <summary>The schemas that other trainers borrow from built-in ones.</summary>
public class TrainerSchemaTests
{
    private readonly MLContext _context = new();

    [Fact]
    public void Binary_trainer_adds_score_probability_and_label()
    {
        var shape = Shape(_context.BinaryClassification.Trainers.LbfgsLogisticRegression("Flag", "V"));
        Assert.Equal("Score: Single Scalar {ScoreColumnKind: String Scalar, ScoreColumnSetId: UInt32 Scalar key, ScoreValueKind: String Scalar}", Describe(shape, "Score"));
        Assert.Equal("Probability: Single Scalar {IsNormalized: Boolean Scalar, ScoreColumnKind: String Scalar, ScoreColumnSetId: UInt32 Scalar key, ScoreValueKind: String Scalar}", Describe(shape, "Probability"));
        Assert.Equal("PredictedLabel: Boolean Scalar {ScoreColumnKind: String Scalar, ScoreColumnSetId: UInt32 Scalar key, ScoreValueKind: String Scalar}", Describe(shape, "PredictedLabel"));
        Assert.Equal("V: Single Vector {}", Describe(shape, "V"));
    }

    [Fact]
    public void Multiclass_trainer_knows_the_labels_values()
    {
        var shape = Shape(_context.MulticlassClassification.Trainers.LbfgsMaximumEntropy("Key", "V"));
        Assert.Equal("Score: Single Vector {ScoreColumnKind: String Scalar, ScoreColumnSetId: UInt32 Scalar key, ScoreValueKind: String Scalar, SlotNames: String Vector, TrainingLabelValues: String Vector}", Describe(shape, "Score"));
        Assert.Equal("PredictedLabel: UInt32 Scalar key {KeyValues: String Vector, ScoreColumnKind: String Scalar, ScoreColumnSetId: UInt32 Scalar key, ScoreValueKind: String Scalar}", Describe(shape, "PredictedLabel"));
        var numbers = Shape(_context.MulticlassClassification.Trainers.LbfgsMaximumEntropy("NumberKey", "V"));
        Assert.Equal("Score: Single Vector {ScoreColumnKind: String Scalar, ScoreColumnSetId: UInt32 Scalar key, ScoreValueKind: String Scalar, TrainingLabelValues: Single Vector}", Describe(numbers, "Score"));
    }

    [Fact]
    public void Regression_trainer_adds_a_score()
    {
        var shape = Shape(_context.Regression.Trainers.LbfgsPoissonRegression("A", "V", "B"));
        Assert.Equal("Score: Single Scalar {ScoreColumnKind: String Scalar, ScoreColumnSetId: UInt32 Scalar key, ScoreValueKind: String Scalar}", Describe(shape, "Score"));
        Assert.Null(Describe(shape, "Probability"));
    }

    [Theory]
    [InlineData("Nowhere", "V", null, "Could not find label column 'Nowhere'")]
    [InlineData("Flag", "Nowhere", null, "Could not find feature column 'Nowhere'")]
    [InlineData("Flag", "V", "Nowhere", "Could not find weight column 'Nowhere'")]
    [InlineData("A", "V", null, "Schema mismatch for label column 'A': expected Boolean, got Single")]
    [InlineData("Flag", "A", null, "Schema mismatch for feature column 'A': expected Vector<Single>, got Single")]
    [InlineData("Flag", "Open", null, "Schema mismatch for feature column 'Open': expected Vector<Single>, got VarVector<Single>")]
    [InlineData("Flag", "V", "Flag", "Schema mismatch for weight column 'Flag': expected Single, got Boolean")]
    public void Columns_that_do_not_fit_are_named(string label, string features, string? weight, string message)
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => Shape(_context.BinaryClassification.Trainers.LbfgsLogisticRegression(label, features, weight)));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_multiclass_label_must_be_a_key()
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => Shape(_context.MulticlassClassification.Trainers.LbfgsMaximumEntropy("Text", "V")));
        Assert.Contains("Schema mismatch for label column 'Text': expected Key<UInt32>, got String", error.Message, StringComparison.Ordinal);
    }

    /// <summary>The shape behind a pipeline that makes keys, then the trainer's.</summary>
    private SchemaShape Shape(IEstimator<ITransformer> trainer)
    {
        var probe = new ShapeProbe();
        var data = _context.Data.LoadFromEnumerable(new List<Row> { new() { Text = "a", A = 1 }, new() { Text = "b", A = 2 } });
        _context.Transforms.Conversion.MapValueToKey("Key", "Text")
            .Append(_context.Transforms.Conversion.MapValueToKey("NumberKey", "A"))
            .Append(probe).Fit(data);
        return trainer.GetOutputSchema(probe.Seen!);
    }

    private static string? Describe(SchemaShape shape, string name)
        => shape.Where(c => c.Name == name).Select(c => $"{Text(c)} {{{string.Join(", ", c.Annotations.Select(Text).Order(StringComparer.Ordinal))}}}").SingleOrDefault();

    private static string Text(SchemaShape.Column column) => $"{column.Name}: {column.ItemType} {column.Kind}{(column.IsKey ? " key" : "")}";

    private sealed class Row
    {
        public bool Flag { get; set; }

        public float A { get; set; }

        public float B { get; set; }

        public string Text { get; set; } = "";

        [VectorType(2)]
        public float[] V { get; set; } = [0, 0];

        public float[] Open { get; set; } = [];
    }

    /// <summary>Sees the shape that reaches it, and adds nothing.</summary>
    private sealed class ShapeProbe : IEstimator<ITransformer>
    {
        public SchemaShape? Seen { get; private set; }

        public ITransformer Fit(IDataView input) => new TransformerChain<ITransformer>();

        public SchemaShape GetOutputSchema(SchemaShape inputSchema) => Seen = inputSchema;
    }
}
