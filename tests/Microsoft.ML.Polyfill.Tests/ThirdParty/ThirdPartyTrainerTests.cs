using Microsoft.ML.Data;

namespace Microsoft.ML.Polyfill.Tests.ThirdParty;

/// <summary>What a trainer outside ML.NET needs of it, from the pipeline to the loaded model.</summary>
public class ThirdPartyTrainerTests
{
    private readonly MLContext _context = new(seed: 1);

    [Fact]
    public void Trainer_in_a_pipeline_scores_what_its_model_says()
    {
        var model = Pipeline().Fit(Train());
        var scored = model.Transform(Train()).GetColumn<float>("Score").ToArray();
        // Slot 1 separates: the class means of B are ±1 and stay so under the normalizer up to its scale.
        Assert.Equal(40, scored.Length);
        Assert.All(scored.Zip(Rows()), pair => Assert.Equal(pair.Second.Label, pair.First > 0));
    }

    [Fact]
    public void Evaluation_of_a_perfect_ranking_is_perfect()
    {
        var metrics = _context.BinaryClassification.Evaluate(Pipeline().Fit(Train()).Transform(Train()));
        Assert.Equal(1, metrics.AreaUnderRocCurve);
        Assert.Equal(1, metrics.Accuracy);
        Assert.Equal(20, metrics.ConfusionMatrix.GetCountForClassPair(0, 0));
        Assert.InRange(metrics.LogLoss, 0, 0.6);
    }

    [Fact]
    public void Cross_validation_trains_and_evaluates_each_fold()
    {
        var folds = _context.BinaryClassification.CrossValidate(Train(), Pipeline(), numberOfFolds: 3);
        Assert.Equal([0, 1, 2], folds.Select(f => f.Fold));
        Assert.All(folds, f => Assert.Equal(1, f.Metrics.AreaUnderRocCurve));
        Assert.Equal(40, folds.Sum(f => f.ScoredHoldOutSet.GetColumn<float>("Score").Count()));
    }

    [Fact]
    public void Permutation_importance_sees_the_slot_that_the_model_uses()
    {
        var model = Pipeline().Fit(Train());
        var features = model.First().Transform(Train());
        var normalized = model.ElementAt(1).Transform(features);
        var importance = _context.BinaryClassification.PermutationFeatureImportance(model.LastTransformer, normalized, permutationCount: 3);
        Assert.Equal(2, importance.Length);
        Assert.Equal(0, importance[0].AreaUnderRocCurve.Mean);
        Assert.True(importance[1].AreaUnderRocCurve.Mean < -0.2);
        Assert.Equal(3, importance[1].Accuracy.Count);
    }

    [Fact]
    public void Saved_model_loads_as_a_chain_that_scores_alike()
    {
        var model = Pipeline().Fit(Train());
        var expected = model.Transform(Train()).GetColumn<float>("Score").ToArray();
        using var stream = new MemoryStream();
        _context.Model.Save(model, Train().Schema, stream);
        stream.Position = 0;

        var loaded = new MLContext().Model.Load(stream, out var schema);

        Assert.Equal(Train().Schema.Select(c => c.ToString()), schema.Select(c => c.ToString()));
        var scored = loaded.Transform(Train());
        Assert.Equal(expected, scored.GetColumn<float>("Score"));
        Assert.DoesNotContain(scored.Schema, c => c.Name.StartsWith("SlotModel", StringComparison.Ordinal));
        var outer = Assert.IsType<TransformerChain<ITransformer>>(loaded);
        Assert.IsType<TransformerChain<ITransformer>>(outer.LastTransformer);
        Assert.Equal(1, _context.BinaryClassification.Evaluate(scored).AreaUnderRocCurve);
    }

    [Fact]
    public void Prediction_engine_agrees_with_transform_before_and_after_loading()
    {
        var model = Pipeline().Fit(Train());
        using var stream = new MemoryStream();
        _context.Model.Save(model, Train().Schema, stream);
        var loaded = _context.Model.Load(stream, out var schema);
        var expected = model.Transform(Train()).GetColumn<float>("Score").ToArray();
        using var fresh = _context.Model.CreatePredictionEngine<Row, Prediction>(model);
        using var restored = _context.Model.CreatePredictionEngine<Row, Prediction>(loaded, schema);
        foreach (var (row, score) in Rows().Zip(expected))
        {
            Assert.Equal(score, fresh.Predict(row).Score);
            Assert.Equal(score, restored.Predict(row).Score);
            Assert.Equal(row.Label, restored.Predict(row).PredictedLabel);
        }
    }

    [Fact]
    public void Appended_transforms_see_the_trainers_columns()
    {
        var pipeline = Pipeline().Append(_context.Transforms.CopyColumns("Copy", "Probability")).Append(_context.Transforms.DropColumns("Features"));
        var scored = pipeline.Fit(Train()).Transform(Train());
        Assert.Equal(scored.GetColumn<float>("Probability"), scored.GetColumn<float>("Copy"));
        Assert.Null(scored.Schema.GetColumnOrNull("Features"));
    }

    [Fact]
    public void Missing_features_are_named_before_training()
    {
        var pipeline = _context.Transforms.CopyColumns("Other", "A").Append(new SlotTrainer(_context));
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => pipeline.Fit(Train()));
        Assert.Contains("Could not find feature column 'Features'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Messages_reach_the_context()
    {
        var messages = new List<LoggingEventArgs>();
        _context.Log += (_, message) => messages.Add(message);
        Pipeline().Fit(Train());
        var info = Assert.Single(messages, m => m.Source == nameof(SlotTrainer) && m.Kind == Runtime.ChannelMessageKind.Info);
        Assert.Equal("trained on 40 rows", info.RawMessage);
        Assert.Equal("[Source=SlotTrainer, Kind=Info] trained on 40 rows", info.Message);
    }

    private EstimatorChain<SlotTransformer> Pipeline()
        => _context.Transforms.Concatenate("Features", nameof(Row.A), nameof(Row.B))
            .Append(_context.Transforms.NormalizeMeanVariance("Features"))
            .AppendCacheCheckpoint(_context)
            .Append(new SlotTrainer(_context));

    private IDataView Train() => _context.Data.LoadFromEnumerable(Rows());

    private static List<Row> Rows()
        => [.. Enumerable.Range(0, 40).Select(i => new Row { A = i * 7 % 11, B = (i % 2 == 0 ? 1 : -1) * (1 + i % 5 / 10f), Label = i % 2 == 0 })];

    private sealed class Row
    {
        public float A { get; set; }

        public float B { get; set; }

        public bool Label { get; set; }
    }

    private sealed class Prediction
    {
        public float Score { get; set; }

        public bool PredictedLabel { get; set; }
    }
}
