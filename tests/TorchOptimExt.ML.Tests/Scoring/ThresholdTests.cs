using Microsoft.ML;
using Microsoft.ML.Data;
using MlTraining;
using TorchOptimExt.ML.Scoring;
using static TorchOptimExt.ML.Tests.Pipelines;

namespace TorchOptimExt.ML.Tests.Scoring;

/// <summary>A label is true where its score is above the threshold that was set, before and after saving.</summary>
public sealed class ThresholdTests : IDisposable
{
    private static readonly IDataView Data = View(Row.Some(150));
    private readonly string file = Path.GetTempFileName();

    public void Dispose() => File.Delete(file);

    [Theory, InlineData(0), InlineData(1), InlineData(2)]
    public void Two_classes_follow_the_threshold_before_and_after_saving(int which)
    {
        var model = Context.BinaryClassification.Trainers.Torch(Linear("Truth", 5)).Fit(Data);
        var scores = model.Scores(Data);
        var threshold = Of(scores, which);
        var changed = Context.BinaryClassification.ChangeModelThreshold(model, threshold);
        Assert.Contains(scores, score => score > threshold);
        Assert.Contains(scores, score => score < threshold);
        foreach (var scorer in WithSaved(changed))
            Assert.Equal(scorer.Scores(Data).Select(score => score > threshold), scorer.Transform(Data).GetColumn<bool>("PredictedLabel"));
        Assert.Equal(scores.Select(score => score > 0), model.Transform(Data).GetColumn<bool>("PredictedLabel"));
        Assert.Equal(threshold, changed.Model.Threshold);
    }

    [Theory, InlineData(0), InlineData(1), InlineData(2)]
    public void Several_labels_follow_the_threshold_before_and_after_saving(int which)
    {
        var data = Tagged();
        var model = Context.MultiLabelClassification().Trainers.Torch("Tags", epochs: 2, seed: 1).Fit(data);
        float[] scores = [.. model.ClassScores(data).SelectMany(row => row)];
        var threshold = Of(scores, which);
        var changed = Context.MultiLabelClassification().ChangeModelThreshold(model, threshold);
        Assert.Contains(scores, score => score > threshold);
        foreach (var scorer in WithSaved(changed, data.Schema))
            Assert.Equal(scorer.ClassScores(data).SelectMany(row => row.Select(score => score > threshold)),
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

    // Halfway between two scores that are far apart, on one of the scores, or next to nothing.
    private static float Of(float[] scores, int which)
    {
        var sorted = scores.Order().ToArray();
        return which switch { 0 => sorted[^10], 1 => (sorted[20] + sorted[21]) / 2, _ => 3e-12f };
    }

    // Rows scored by themselves may differ in the last bits from batches: each is asked for its own scores.
    private ITransformer[] WithSaved(TorchTransformer model, DataViewSchema? schema = null)
    {
        Context.Model.Save(model, schema ?? Data.Schema, file);
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
