using Microsoft.ML;
using Microsoft.ML.Data;
using MlTraining;
using static TorchOptimExt.ML.Tests.Pipelines;
using static TorchSharp.torch;

namespace TorchOptimExt.ML.Tests.Scoring;

public class ScoringTests
{
    private static readonly List<Row> Rows = Row.Some(300);

    [Fact]
    public void Scores_are_what_the_module_gives_whatever_the_batch()
    {
        var many = Row.Some(1100);
        var options = Linear("Number", 1);
        options.StandardizeLabel = false;
        var model = Context.Regression.Trainers.Torch(options).Fit(View(Rows));
        float[] expected = [.. many.Select(row =>
        {
            using var scope = NewDisposeScope();
            using var quiet = no_grad();
            return model.Model.Module.call(tensor(row.Features).unsqueeze(0)).item<float>();
        })];
        var scores = model.Scores(View(many));
        Assert.Equal(1100, scores.Length);
        Assert.All(scores.Zip(expected), pair => Assert.Equal(pair.Second, pair.First, 1e-5f));
    }

    [Fact]
    public void Wide_rows_are_read_ahead_a_few_at_a_time()
    {
        var read = 0;
        var model = Context.Regression.Trainers.Torch(Linear("Number", 1)).Fit(Context.Data.LoadFromEnumerable(Some(2).ToList()));
        Assert.Single(model.Transform(Context.Data.LoadFromEnumerable(Some(600))).GetColumn<float>("Score").Take(1));
        Assert.InRange(read, 1, 20);

        IEnumerable<Wide> Some(int count)
        {
            for (read = 0; read < count; read++) yield return new();
        }
    }

    private sealed class Wide
    {
        [VectorType(200_000)] public float[] Features { get; set; } = new float[200_000];
        public float Number { get; set; }
    }

    [Fact]
    public void A_row_that_could_not_be_scored_is_scored_anew()
    {
        Failing? module = null;
        var options = Linear("Truth", 1);
        options.Module = inputs => module = new Failing(inputs);
        var model = Context.BinaryClassification.Trainers.Torch(options).Fit(View(Rows));
        var expected = model.Scores(View(Rows));
        using var input = View(Rows).GetRowCursor(View(Rows).Schema);
        var mapper = model.GetRowToRowMapper(input.Schema);
        using var row = mapper.GetRow(input, mapper.OutputSchema);
        var (getScore, score) = (row.GetGetter<float>(mapper.OutputSchema["Score"]), 0f);
        for (var k = 0; k < 3; k++)
        {
            Assert.True(input.MoveNext());
            module!.Fails = true;
            Assert.Throws<TimeoutException>(() => getScore(ref score));
            module.Fails = false;
            getScore(ref score);
            Assert.Equal(expected[k], score, 1e-6f);
        }
    }

    private sealed class Failing : nn.Module<Tensor, Tensor>
    {
        private readonly nn.Module<Tensor, Tensor> layer;

        public Failing(long inputs) : base(nameof(Failing))
        {
            layer = nn.Linear(inputs, 1);
            RegisterComponents();
        }

        public bool Fails { get; set; }

        public override Tensor forward(Tensor input) => Fails ? throw new TimeoutException() : layer.call(input);
    }

    [Fact]
    public void Binary_columns_agree_with_each_other()
    {
        var scored = Context.BinaryClassification.Trainers.Torch("Truth", epochs: 5, seed: 1).Fit(View(Rows)).Transform(View(Rows));
        var (scores, probabilities, labels) = (scored.GetColumn<float>("Score").ToList(), scored.GetColumn<float>("Probability").ToList(), scored.GetColumn<bool>("PredictedLabel").ToList());
        Assert.All(scores.Zip(probabilities, labels), row =>
        {
            Assert.Equal(1 / (1 + Math.Exp(-row.First)), row.Second, 1e-6);
            Assert.Equal(row.First > 0, row.Third);
        });
        Assert.Equal(labels.Zip(Rows).Count(pair => pair.First == pair.Second.Truth) / 300.0, Context.BinaryClassification.Evaluate(scored, "Truth").Accuracy, 1e-12);
    }

    [Fact]
    public void Regression_and_multiclass_are_evaluated_by_their_columns()
    {
        var regression = Context.Regression.Trainers.Torch("Number", epochs: 5, seed: 1).Fit(View(Rows)).Transform(View(Rows));
        var squares = regression.GetColumn<float>("Score").Zip(Rows, (score, row) => Math.Pow(score - row.Number, 2)).Average();
        Assert.Equal(squares, Context.Regression.Evaluate(regression, "Number").MeanSquaredError, 1e-4);

        var data = Keyed(Rows);
        var classes = Context.MulticlassClassification.Trainers.Torch(epochs: 10, seed: 1).Fit(data).Transform(data);
        var right = classes.GetColumn<uint>("Label").Zip(classes.GetColumn<uint>("PredictedLabel")).Count(pair => pair.First == pair.Second);
        var metrics = Context.MulticlassClassification.Evaluate(classes);
        Assert.Equal(right / 300.0, metrics.MicroAccuracy, 1e-12);
        Assert.Equal(3, metrics.ConfusionMatrix.NumberOfClasses);
    }

    [Fact]
    public void A_predicted_key_maps_back_to_its_value_in_an_appended_transform()
    {
        var pipeline = Context.Transforms.Conversion.MapValueToKey("Label", "Kind")
            .Append(Context.MulticlassClassification.Trainers.Torch(epochs: 20, seed: 1))
            .Append(Context.Transforms.Conversion.MapKeyToValue("Predicted", "PredictedLabel"));
        var scored = pipeline.Fit(View(Rows)).Transform(View(Rows));
        var values = scored.GetColumn<string>("Predicted").ToList();
        string[] order = [.. Rows.Select(r => r.Kind).Distinct()];
        Assert.Equal(scored.GetColumn<float[]>("Score").Select(s => order[Array.IndexOf(s, s.Max())]), values);
    }

    [Fact]
    public void Only_the_columns_that_are_asked_for_are_read()
    {
        var source = new WatchedView(View(Rows));
        var scored = Context.Regression.Trainers.Torch("Number", epochs: 1).Fit(View(Rows)).Transform(source);
        Assert.Empty(source.Asked);
        Assert.Equal(300, scored.GetColumn<bool>("Truth").Count());
        Assert.Equal(["Truth"], source.Asked);
        source.Asked.Clear();
        Assert.Equal(300, scored.GetColumn<float>("Score").Count());
        Assert.Equal(["Features"], source.Asked);
    }

    [Fact]
    public void A_prediction_engine_agrees_with_the_transform_and_leaves_the_model_whole()
    {
        var data = Keyed(Rows);
        var model = Context.Transforms.Conversion.MapValueToKey("Label", "Kind").Append(Context.MulticlassClassification.Trainers.Torch(epochs: 2, seed: 1))
            .Append(Context.Transforms.Conversion.MapKeyToValue("PredictedLabel")).Fit(View(Rows));
        var expected = model.ClassScores(View(Rows));
        using (var engine = Context.Model.CreatePredictionEngine<Row, ClassPrediction>(model))
            Assert.All(Rows.Zip(expected), pair =>
            {
                var prediction = engine.Predict(pair.First);
                Assert.All(prediction.Score.Zip(pair.Second), p => Assert.Equal(p.Second, p.First, 1e-6f));
                Assert.Contains(prediction.PredictedLabel, (string[])["low", "middle", "high"]);
            });
        Assert.Equal(expected, model.ClassScores(View(Rows)));
    }

    [Fact]
    public void A_getter_of_another_type_is_refused_by_the_columns_name()
    {
        var model = Context.BinaryClassification.Trainers.Torch("Truth", epochs: 1).Fit(View(Rows));
        var scored = model.Transform(View(Rows));
        using var cursor = scored.GetRowCursor(scored.Schema);
        foreach (var name in new[] { "PredictedLabel", "Kind" })
            Assert.Contains($"'{name}'", Assert.Throws<InvalidOperationException>(() => cursor.GetGetter<float>(scored.Schema[name])).Message, StringComparison.Ordinal);
        using var row = model.GetRowToRowMapper(View(Rows).Schema).GetRow(cursor, scored.Schema);
        Assert.Throws<InvalidOperationException>(() => row.GetGetter<double>(scored.Schema["Score"]));
    }

    [Fact]
    public void Cross_validation_cached_views_and_splits_train_as_with_any_trainer()
    {
        var pipeline = Context.Transforms.NormalizeMeanVariance("Features").AppendCacheCheckpoint(Context).Append(Context.BinaryClassification.Trainers.Torch("Truth", epochs: 20, seed: 1));
        var folds = Context.BinaryClassification.CrossValidate(Context.Data.Cache(View(Rows)), pipeline, numberOfFolds: 3, labelColumnName: "Truth");
        Assert.Equal(3, folds.Count);
        Assert.All(folds, fold => Assert.InRange(fold.Metrics.AreaUnderRocCurve, 0.8, 1));
        var split = Context.Data.TrainTestSplit(View(Rows), 0.3, seed: 1);
        Assert.InRange(Context.BinaryClassification.Evaluate(pipeline.Fit(split.TrainSet).Transform(split.TestSet), "Truth").AreaUnderRocCurve, 0.8, 1);
        var regression = Context.Regression.CrossValidate(View(Rows), Context.Regression.Trainers.Torch("Number", epochs: 40, seed: 1), 3, "Number");
        Assert.All(regression, fold => Assert.InRange(fold.Metrics.RSquared, 0.7, 1));
        var classes = Context.MulticlassClassification.CrossValidate(Keyed(Rows), Context.MulticlassClassification.Trainers.Torch(epochs: 5, seed: 1), 3);
        Assert.All(classes, fold => Assert.InRange(fold.Metrics.MicroAccuracy, 0.4, 1));
    }

    [Fact]
    public void Permutation_importance_knows_which_slots_matter()
    {
        var options = Linear("Number", 3);
        options.Optimizer = parameters => optim.ArmijoNewton(parameters);
        var model = Context.Regression.Trainers.Torch(options).Fit(View(Rows));
        var importance = Context.Regression.PermutationFeatureImportance(model, View(Rows), "Number", permutationCount: 3);
        Assert.Equal([0, 1, 2], importance.Select((metrics, slot) => (metrics.RSquared.Mean, slot)).OrderBy(m => m.Mean).Select(m => m.slot));
    }

    [Fact]
    public void The_schemas_shape_is_known_before_training_and_kept_after()
    {
        var trainer = Context.MulticlassClassification.Trainers.Torch();
        var data = Keyed(Rows);
        var output = trainer.Fit(data).GetOutputSchema(data.Schema);
        Assert.Equal(3, ((VectorDataViewType)output["Score"].Type).Size);
        Assert.Equal(3ul, ((KeyDataViewType)output["PredictedLabel"].Type).Count);
        VBuffer<ReadOnlyMemory<char>> names = default;
        output["Score"].GetSlotNames(ref names);
        Assert.Equal(Rows.Select(r => r.Kind).Distinct(), names.DenseValues().Select(n => n.ToString()));
    }

    [Fact]
    public void A_built_in_perceptron_has_the_layers_that_are_asked_for()
    {
        var options = new TorchTrainerOptions { LabelColumnName = "Truth", Mlp = new() { HiddenSizes = [7, 5], Activation = Activation.Tanh, Dropout = 0.1, BatchNormalization = true }, Epochs = 2, BatchSize = 299 };
        var model = Context.BinaryClassification.Trainers.Torch(options).Fit(View(Rows));
        var shapes = model.Model.Module.parameters().Select(p => string.Join('x', p.shape));
        Assert.Equal(["7x3", "7", "7", "7", "5x7", "5", "5", "5", "1x5", "1"], shapes);
        Assert.False(model.Model.Module.training);
    }

    private sealed class ClassPrediction
    {
        public float[] Score { get; set; } = [];
        public string PredictedLabel { get; set; } = "";
    }

    /// <summary>Notes which columns its cursors were asked for.</summary>
    private sealed class WatchedView(IDataView source) : IDataView
    {
        public List<string> Asked { get; } = [];
        public bool CanShuffle => false;
        public DataViewSchema Schema => source.Schema;
        public long? GetRowCount() => source.GetRowCount();
        public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) => [GetRowCursor(columnsNeeded, rand)];

        public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
        {
            DataViewSchema.Column[] columns = [.. columnsNeeded];
            Asked.AddRange(columns.Select(c => c.Name));
            return source.GetRowCursor(columns);
        }
    }
}
