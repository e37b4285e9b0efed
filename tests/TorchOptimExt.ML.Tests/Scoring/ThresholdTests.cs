using Microsoft.ML;
using Microsoft.ML.Data;
using MlTraining;
using TorchOptimExt.ML.Scoring;
using TorchSharp;
using static TorchOptimExt.ML.Tests.Pipelines;

namespace TorchOptimExt.ML.Tests.Scoring;

/// <summary>A label is true where its score is above the threshold that was set, before and after saving.</summary>
public sealed class ThresholdTests : IDisposable
{
    private static readonly IDataView Data = View(Row.Some(150));
    private readonly string file = Path.GetTempFileName();

    public void Dispose() => File.Delete(file);

    // Scores of 1e-11, too: a threshold keeps its digits in the file, however small.
    [Theory, InlineData(1), InlineData(1e-11)]
    public void Two_classes_follow_the_threshold_before_and_after_saving(double scale)
    {
        var model = Context.BinaryClassification.Trainers.Torch(Linear("Truth", 5)).Fit(Data);
        Multiply(model, scale);
        var scores = model.Scores(Data);
        var threshold = Between(scores);
        var changed = Context.BinaryClassification.ChangeModelThreshold(model, threshold);
        Assert.Equal(threshold, changed.Model.Threshold);
        foreach (var scorer in WithSaved(changed, Data.Schema))
            Assert.Equal(scores.Select(score => score > threshold), scorer.Transform(Data).GetColumn<bool>("PredictedLabel"));
        Assert.Equal(scores.Select(score => score > 0), model.Transform(Data).GetColumn<bool>("PredictedLabel"));
    }

    [Theory, InlineData(1), InlineData(1e-11)]
    public void Several_labels_follow_the_threshold_before_and_after_saving(double scale)
    {
        var data = Tagged();
        var model = Context.MultiLabelClassification().Trainers.Torch(Linear("Tags", 5)).Fit(data);
        Multiply(model, scale);
        float[] scores = [.. model.ClassScores(data).SelectMany(row => row)];
        var threshold = Between(scores);
        var changed = Context.MultiLabelClassification().ChangeModelThreshold(model, threshold);
        foreach (var scorer in WithSaved(changed, data.Schema))
            Assert.Equal(scores.Select(score => score > threshold),
                scorer.Transform(data).GetColumn<bool[]>("PredictedLabel").SelectMany(row => row));
    }

    [Fact]
    public void A_threshold_that_is_none_and_a_model_of_another_task_are_refused()
    {
        var model = Context.BinaryClassification.Trainers.Torch(Linear("Truth", 1)).Fit(Data);
        foreach (var threshold in new[] { float.NaN, float.PositiveInfinity, float.NegativeInfinity })
            Assert.Throws<ArgumentOutOfRangeException>(() => Context.BinaryClassification.ChangeModelThreshold(model, threshold));
        var error = Assert.Throws<ArgumentException>(() => Context.MultiLabelClassification().ChangeModelThreshold(model, 1));
        Assert.Contains(nameof(TaskKind.BinaryClassification), error.Message);
        var regression = Context.Regression.Trainers.Torch(Linear("Number", 1)).Fit(Data);
        Assert.Throws<ArgumentException>(() => Context.BinaryClassification.ChangeModelThreshold(regression, 1));
    }

    // In the widest gap of the upper half: rows scored by themselves and in batches may differ in the last bits.
    private static float Between(float[] scores)
    {
        var sorted = scores.Order().ToArray();
        var below = Enumerable.Range(sorted.Length / 2, sorted.Length / 3).MaxBy(k => sorted[k + 1] - sorted[k]);
        return (sorted[below] + sorted[below + 1]) / 2;
    }

    private static void Multiply(TorchTransformer model, double factor)
    {
        using var quiet = torch.no_grad();
        foreach (var parameter in model.Model.Module.parameters()) parameter.mul_(factor);
    }

    private ITransformer[] WithSaved(TorchTransformer model, DataViewSchema schema)
    {
        Context.Model.Save(model, schema, file);
        var loaded = new MLContext().Model.Load(file, out _);
        return [model, loaded, TorchTransformer.Restore(loaded)];
    }

    private sealed class TaggedRow
    {
        [VectorType(3)] public float[] Features { get; set; } = [];
        [VectorType(3)] public bool[] Tags { get; set; } = [];
    }

    private static IDataView Tagged() => Context.Data.LoadFromEnumerable(Row.Some(150).Select(row => new TaggedRow
    {
        Features = row.Features,
        Tags = [.. row.Features.Select(value => value > 0)],
    }));
}
