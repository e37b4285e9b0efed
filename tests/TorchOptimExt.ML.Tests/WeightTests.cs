using MlTraining;
using static TorchOptimExt.ML.Tests.Pipelines;
using static TorchSharp.torch;

namespace TorchOptimExt.ML.Tests;

public class WeightTests
{
    private static readonly List<Row> Rows = Row.Some(300);

    // One row in a hundred is true; weights make them half of all. The features say nothing, so that the best probability is 0.5.
    [Theory, InlineData(16), InlineData(64), InlineData(null)]
    public void A_weight_counts_alike_in_batches_of_any_size(int? batch)
    {
        List<Row> rows = [.. Enumerable.Range(0, 4_000).Select(i => new Row { Features = [0, 0, 0], Truth = i % 100 == 0, Weight = i % 100 == 0 ? 99 : 1 })];
        var options = Linear("Truth", batch is null ? 300 : 40);
        (options.ExampleWeightColumnName, options.BatchSize) = ("Weight", batch);
        options.Optimizer = parameters => optim.SGD(parameters, batch is null ? 1 : 0.01);
        var score = Context.BinaryClassification.Trainers.Torch(options).Fit(View(rows)).Scores(View(rows))[0];
        Assert.Equal(0.5, 1 / (1 + Math.Exp(-score)), 0.02);
    }

    [Fact]
    public void Class_weights_are_example_weights()
    {
        foreach (var row in Rows) row.Weight = row.Kind switch { "low" => 2, "high" => 0.5f, _ => 1 };
        Assert.Equal(Train(ClassWeights.Of(("low", 2), ("high", 0.5)), null), Train(null, "Weight"));

        static float[] Train(ClassWeights? weights, string? column)
        {
            var options = Linear("Label", 5);
            (options.ClassWeights, options.ExampleWeightColumnName, options.BatchSize) = (weights, column, 32);
            return Context.MulticlassClassification.Trainers.Torch(options).Fit(Keyed(Rows)).Weights();
        }
    }

    // scikit-learn: rows / (classes * rows of the class).
    [Fact]
    public void Balanced_weights_are_those_of_the_formula()
    {
        var rows = Row.Some(300);
        var positive = rows.Count(r => r.Truth);
        foreach (var row in rows) row.Weight = row.Truth ? 300f / (2 * positive) : 300f / (2 * (300 - positive));
        var balanced = Linear("Truth", 5);
        balanced.ClassWeights = ClassWeights.Balanced;
        var given = Linear("Truth", 5);
        given.ExampleWeightColumnName = "Weight";
        var first = Context.BinaryClassification.Trainers.Torch(balanced).Fit(View(rows)).Weights();
        Assert.All(first.Zip(Context.BinaryClassification.Trainers.Torch(given).Fit(View(rows)).Weights()), pair => Assert.Equal(pair.Second, pair.First, 1e-5f));
    }

    [Fact]
    public void Class_weights_that_leave_nothing_to_validate_on_or_overflow_are_refused()
    {
        var (rows, options) = (Row.Some(60), Linear("Label", 1));
        var keys = Keys(View(rows));
        options.ValidationSet = keys.Transform(View(rows.Where(row => row.Kind == "low")));
        options.ClassWeights = ClassWeights.Of(("low", 0));
        Assert.Contains("validation", Refused(rows), StringComparison.Ordinal);
        options.ClassWeights = ClassWeights.Balanced;       // where no row to train on is of that class
        Assert.Contains("validation", Refused(rows.Where(row => row.Kind != "low")), StringComparison.Ordinal);

        options.ValidationSet = null;
        options.ClassWeights = ClassWeights.Of(("low", 1e300));
        Assert.Contains("float32", Refused(rows), StringComparison.Ordinal);

        string Refused(IEnumerable<Row> train) => Assert.Throws<InvalidOperationException>(() =>
            Context.MulticlassClassification.Trainers.Torch(options).Fit(keys.Transform(View(train)))).Message;
    }

    [Fact]
    public void Class_weights_that_cannot_be_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => ClassWeights.Of(("true", -1)));
        Assert.Throws<ArgumentException>(() => ClassWeights.Of(("true", 1), ("true", 2)));
        Assert.Throws<ArgumentException>(() => Context.Regression.Trainers.Torch(new TorchTrainerOptions { ClassWeights = ClassWeights.Balanced }));
        var options = Linear("Truth", 1);
        options.ClassWeights = ClassWeights.Of(("maybe", 2));
        Assert.Contains("'maybe'", Assert.Throws<InvalidOperationException>(() => Context.BinaryClassification.Trainers.Torch(options).Fit(View(Rows))).Message, StringComparison.Ordinal);
    }
}
