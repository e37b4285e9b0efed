namespace Microsoft.ML.Polyfill.Tests;

/// <summary>What differs from the package by intent.</summary>
public class TrainingTests
{
    [Fact]
    public void Built_in_trainers_say_that_they_need_the_package()
    {
        var context = new MLContext();
        var data = context.Data.LoadFromEnumerable(new List<Row> { new() { Label = true }, new() });
        var error = Assert.Throws<NotSupportedException>(() => context.BinaryClassification.Trainers.LbfgsLogisticRegression().Fit(data));
        Assert.Contains("needs the package Microsoft.ML", error.Message, StringComparison.Ordinal);
    }

    private sealed class Row
    {
        public bool Label { get; set; }

        [Data.VectorType(1)]
        public float[] Features { get; set; } = [0];
    }
}
