using Microsoft.ML;
using Microsoft.ML.Data;
using MlTraining;
using TorchOptimExt.ML.Tests.Onnx;
using static TorchOptimExt.ML.Tests.Pipelines;
using static TorchSharp.torch;

namespace TorchOptimExt.ML.Tests;

/// <summary>Regression with several outputs, and classification by several labels.</summary>
public sealed class MultiOutputTests : IDisposable
{
    private static readonly List<Row> Plain = Row.Some(200);

    private readonly string file = Path.GetTempFileName();

    public void Dispose() => File.Delete(file);

    [Fact]
    public void A_linear_model_reaches_least_squares_in_each_output()
    {
        var model = Context.MultiOutputRegression().Trainers.Torch(Newton("Targets")).Fit(Several());
        AssertLeastSquares(model, _ => true);
    }

    [Fact]
    public void Labels_that_are_missing_change_nothing()
    {
        var options = Newton("Targets");
        var data = Several(k => k % 3 != 0);
        var model = Context.MultiOutputRegression().Trainers.Torch(options).Fit(data);
        AssertLeastSquares(model, k => k % 3 != 0);
    }

    [Fact]
    public void Outputs_of_very_different_scales_are_all_learned_with_defaults()
    {
        var model = Context.MultiOutputRegression().Trainers.Torch("Targets", epochs: 60, seed: 1).Fit(Several());
        var metrics = Context.MultiOutputRegression().Evaluate(model.Transform(Several()), "Targets");
        Assert.All(metrics.Outputs, output => Assert.InRange(output.RSquared, 0.7, 1));
    }

    [Fact]
    public void Columns_have_the_labels_slot_names_before_and_after_loading()
    {
        var regression = Context.MultiOutputRegression().Trainers.Torch("Targets", epochs: 2, seed: 1).Fit(Several());
        AssertNamed(regression, ["size", "weight"], "Score");
        var labels = Context.MultiLabelClassification().Trainers.Torch("Tags", epochs: 2, seed: 1).Fit(Several());
        AssertNamed(labels, ["a", "b", "c"], "Score", "Probability", "PredictedLabel");
        Assert.Equal(["a", "b", "c"], Context.MultiLabelClassification().Evaluate(labels.Transform(Several()), "Tags").Labels.Select(l => l.Name));
    }

    private void AssertNamed(ITransformer model, string[] names, params string[] columns)
    {
        Context.Model.Save(model, Several().Schema, file);
        var loaded = new MLContext().Model.Load(file, out _);
        foreach (var scorer in (ITransformer[])[model, loaded, TorchTransformer.Restore(loaded)])
            foreach (var column in columns)
            {
                VBuffer<ReadOnlyMemory<char>> found = default;
                scorer.GetOutputSchema(Several().Schema)[column].GetSlotNames(ref found);
                Assert.Equal(names, found.DenseValues().Select(n => n.ToString()));
            }
    }

    [Fact]
    public void A_loaded_model_gives_what_the_trained_one_gives()
    {
        var regression = Context.MultiOutputRegression().Trainers.Torch("Targets", epochs: 2, seed: 1).Fit(Several());
        AssertLoads(regression, "Score");
        AssertLoads(Context.MultiLabelClassification().Trainers.Torch("Tags", epochs: 2, seed: 1).Fit(Several()), "Score", "Probability");
        AssertLoads(Context.MultiLabelClassification().Trainers.Torch("BooleanTags", epochs: 2, seed: 1).Fit(Several()), "Score", "Probability");
    }

    private void AssertLoads(TorchTransformer model, params string[] columns)
    {
        Context.Model.Save(model, Several().Schema, file);
        var loaded = new MLContext().Model.Load(file, out _);
        var expected = model.Transform(Several());
        foreach (var scored in (IDataView[])[loaded.Transform(Several()), TorchTransformer.Restore(loaded).Transform(Several())])
        {
            foreach (var column in columns)
                Assert.All(InDeviations(model, expected.GetColumn<float[]>(column)).Zip(InDeviations(model, scored.GetColumn<float[]>(column))), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
            if (columns.Length > 1) Assert.Equal(expected.GetColumn<bool[]>("PredictedLabel"), scored.GetColumn<bool[]>("PredictedLabel"));
        }
    }

    [Fact]
    public void Label_columns_agree_with_each_other_and_with_the_truth()
    {
        var model = Context.MultiLabelClassification().Trainers.Torch("Tags", epochs: 60, seed: 1).Fit(Several());
        var scored = model.Transform(Several());
        foreach (var (scores, (probabilities, labels)) in scored.GetColumn<float[]>("Score").Zip(scored.GetColumn<float[]>("Probability").Zip(scored.GetColumn<bool[]>("PredictedLabel"))))
            for (var k = 0; k < 3; k++)
            {
                Assert.Equal(1 / (1 + Math.Exp(-scores[k])), probabilities[k], 1e-6);
                Assert.Equal(scores[k] > 0, labels[k]);
            }
        Assert.InRange(Context.MultiLabelClassification().Evaluate(scored, "Tags").MacroAreaUnderRocCurve, 0.85, 1);
        // Boolean labels are the same labels.
        var same = Context.MultiLabelClassification().Trainers.Torch("BooleanTags", epochs: 60, seed: 1).Fit(Several());
        Assert.Equal(model.Weights(), same.Weights());
    }

    // A tag that is never known stays what it was at the beginning; the others are learned as without it.
    [Fact]
    public void Tags_that_are_missing_are_left_out_of_the_loss()
    {
        var options = Newton("Tags");
        options.Optimizer = parameters => optim.SGD(parameters, 0.5);
        options.Epochs = 1;
        var before = Initial(3, 3);
        var model = Context.MultiLabelClassification().Trainers.Torch(options).Fit(Several(k => k != 1));
        var after = model.Weights();
        Assert.Equal(before[3..6], after[3..6]);
        Assert.Equal(before[10], after[10]);
        Assert.NotEqual(before[0], after[0]);
    }

    private static float[] Initial(long inputs, long outputs)
    {
        manual_seed(1);
        using var layer = nn.Linear(inputs, outputs);
        return [.. layer.parameters().SelectMany(p => p.detach().flatten().data<float>().ToArray())];
    }

    [Fact]
    public void Steps_can_be_appended_before_fitting()
    {
        var pipeline = Context.Transforms.NormalizeMeanVariance("Features").Append(Context.MultiLabelClassification().Trainers.Torch("BooleanTags", epochs: 1))
            .Append(Context.Transforms.CopyColumns("P", "Probability")).Append(Context.Transforms.CopyColumns("L", "PredictedLabel"));
        Assert.Equal(200, pipeline.Fit(Several()).Transform(Several()).GetColumn<bool[]>("L").Count());
        var regression = Context.MultiOutputRegression().Trainers.Torch("Targets", epochs: 1).Append(Context.Transforms.Concatenate("Both", "Score", "Features"));
        Assert.Equal(5, ((VectorDataViewType)regression.Fit(Several()).GetOutputSchema(Several().Schema)["Both"].Type).Size);
        var missing = Assert.Throws<ArgumentOutOfRangeException>(() => Context.Transforms.CopyColumns("A", "Features").Append(Context.MultiOutputRegression().Trainers.Torch("Nothing")).Fit(Several()));
        Assert.Contains("'Nothing'", missing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Cross_validation_trains_on_the_other_folds()
    {
        var folds = Context.MultiOutputRegression().CrossValidate(Several(), Context.MultiOutputRegression().Trainers.Torch("Targets", epochs: 60, seed: 1), 4, "Targets", seed: 1);
        Assert.Equal([0, 1, 2, 3], folds.Select(f => f.Fold));
        Assert.Equal(200, folds.Sum(f => f.ScoredHoldOutSet.GetColumn<float[]>("Score").Count()));
        Assert.All(folds, fold => Assert.InRange(fold.Metrics.RSquared, 0.5, 1));
        var labels = Context.MultiLabelClassification().CrossValidate(Several(), Context.MultiLabelClassification().Trainers.Torch("Tags", epochs: 20, seed: 1), 3, "Tags", seed: 1);
        Assert.All(labels, fold => Assert.InRange(fold.Metrics.HammingLoss, 0, 0.3));
        Assert.Throws<ArgumentOutOfRangeException>(() => Context.MultiOutputRegression().CrossValidate(Several(), Context.MultiOutputRegression().Trainers.Torch("Targets"), 1));
    }

    [Fact]
    public void The_contexts_seed_and_log_are_followed()
    {
        static float[] Train(MLContext context) => context.MultiOutputRegression().Trainers.Torch("Targets", epochs: 1).Fit(Several()).Weights();
        Assert.Equal(Train(new(7)), Train(new(7)));
        Assert.NotEqual(Train(new(7)), Train(new(8)));
        var (context, heard) = (new MLContext(1), 0);
        context.Log += (_, message) => heard += message.Source == "TorchTrainer" ? 1 : 0;
        Train(context);
        Assert.True(heard > 0);
    }

    [Fact]
    public void A_prediction_engine_gives_vectors()
    {
        var model = Context.MultiLabelClassification().Trainers.Torch("Tags", epochs: 2, seed: 1).Fit(Several());
        using var engine = Context.Model.CreatePredictionEngine<Many, Predicted>(model);
        var prediction = engine.Predict(Some(_ => true)[0]);
        Assert.Equal(prediction.Score.Select(s => s > 0), prediction.PredictedLabel);
    }

    [Fact]
    public void Onnx_gives_the_same()
    {
        float[][] features = [.. Plain.Select(r => r.Features)];
        var regression = Context.MultiOutputRegression().Trainers.Torch("Targets", epochs: 2, seed: 1).Fit(Several());
        using var numbers = new OnnxFile(regression.SaveAsOnnx);
        OnnxFile.AssertAgree(InDeviations(regression, regression.ClassScores(Several())), InDeviations(regression, numbers.Run<float>("Score.output", features).Chunk(2)));
        var labels = Context.MultiLabelClassification().Trainers.Torch("Tags", epochs: 2, seed: 1).Fit(Several());
        using var truths = new OnnxFile(stream => Context.Model.ConvertTorchToOnnx(labels, Several(), stream, "Probability", "PredictedLabel"));
        var scored = labels.Transform(Several());
        OnnxFile.AssertAgree(scored.GetColumn<float[]>("Probability").SelectMany(s => s), truths.Run<float>("Probability.output", features));
        Assert.Equal(scored.GetColumn<bool[]>("PredictedLabel").SelectMany(s => s), truths.Run<bool>("PredictedLabel.output", features));
    }

    [Fact]
    public void Labels_of_another_kind_are_named()
    {
        AssertRefused("a vector of Single of known size", () => Context.MultiOutputRegression().Trainers.Torch("Number").Fit(View(Plain)));
        AssertRefused("a vector of Boolean", () => Context.MultiLabelClassification().Trainers.Torch("Truth").Fit(View(Plain)));

        static void AssertRefused(string wanted, Action act) => Assert.Contains(wanted, Assert.Throws<ArgumentOutOfRangeException>(act).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Columns_are_checked_before_a_pipeline_trains()
    {
        AssertRefused("NoWeight", Context.MultiOutputRegression().Trainers.Torch("Targets", exampleWeightColumnName: "NoWeight"));
        AssertRefused("must be one Single", Context.MultiLabelClassification().Trainers.Torch("Tags", exampleWeightColumnName: "Tags"));
        AssertRefused("BooleanTags", Context.MultiOutputRegression().Trainers.Torch("BooleanTags"));
        AssertRefused("a vector of Boolean; it must be a vector of Single", Context.MultiLabelClassification().Trainers.Torch("Tags", "BooleanTags"));

        static void AssertRefused(string named, TorchTrainer trainer)
        {
            var untouched = Context.Transforms.CustomMapping<Many, Predicted>((_, _) => Assert.Fail("A row was read."), null);
            var error = Assert.Throws<ArgumentOutOfRangeException>(() => untouched.Append(trainer).Fit(Several()));
            Assert.Contains(named, error.Message, StringComparison.Ordinal);
            Assert.Contains("shape", error.ParamName, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Labels_that_are_missing_in_all_rows_are_told()
    {
        var (context, heard) = (new MLContext(1), new List<string>());
        context.Log += (_, message) => heard.Add(message.RawMessage);
        context.MultiOutputRegression().Trainers.Torch("Targets", epochs: 1).Fit(Several(_ => false));
        Assert.Single(heard, message => message.Contains("'weight'", StringComparison.Ordinal) && message.Contains("not learned", StringComparison.Ordinal));

        var none = Context.Data.LoadFromEnumerable(Some(_ => true).Select(row => new Many { Features = row.Features, Targets = [float.NaN, float.NaN] }));
        var error = Assert.Throws<InvalidOperationException>(() => Context.MultiOutputRegression().Trainers.Torch("Targets", epochs: 1).Fit(none));
        Assert.Contains("'Targets' are missing", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_of_other_outputs_cannot_be_trained_on_from()
    {
        var trainer = Context.MultiOutputRegression().Trainers.Torch("Both", epochs: 1, seed: 1);
        var error = Assert.Throws<ArgumentException>(() => trainer.Fit(Both("Number", "Weight"), trainer.Fit(Both("Weight", "Number"))));
        Assert.Contains("Weight, Number and Number, Weight", error.Message, StringComparison.Ordinal);

        static IDataView Both(params string[] columns) => Context.Transforms.Concatenate("Both", columns).Fit(View(Plain)).Transform(View(Plain));
    }

    private static void AssertLeastSquares(TorchTransformer model, Func<int, bool> present)
    {
        var scores = model.ClassScores(Several());
        for (var output = 0; output < 2; output++)
        {
            var kept = Some(_ => true).Where((_, k) => output == 0 || present(k)).ToList();
            var solution = LeastSquares.Solve([.. kept.Select(row => new Row { Features = row.Features, Number = row.Targets[output] })]);
            var scale = output == 0 ? 1 : 1000;
            for (var k = 0; k < Plain.Count; k++)
                Assert.Equal(Plain[k].Features.Zip(solution, (x, b) => x * b).Sum() + solution[^1], scores[k][output], 1e-3 * scale);
        }
    }

    // What is summed up inside is in units of the labels' deviations, and so is its rounding.
    private static IEnumerable<float> InDeviations(TorchTransformer model, IEnumerable<float[]> scores) =>
        scores.SelectMany(row => row.Select((score, k) => score / (model.Model.LabelScale?.Deviation[k] ?? 1)));

    private static TorchTrainerOptions Newton(string label)
    {
        var options = Linear(label, 4);
        options.Optimizer = parameters => optim.ArmijoNewton(parameters);
        return options;
    }

    // The second number of rows, and the slots of tags, for which present is false are missing.
    private static IDataView Several(Func<int, bool>? present = null)
    {
        var schema = SchemaDefinition.Create(typeof(Many));
        AddSlotNames("Targets", "size", "weight");
        AddSlotNames("Tags", "a", "b", "c");
        return Context.Data.LoadFromEnumerable(Some(present ?? (_ => true)), schema);

        void AddSlotNames(string column, params string[] names) => schema[column].AddAnnotation("SlotNames",
            new VBuffer<ReadOnlyMemory<char>>(names.Length, [.. names.Select(name => name.AsMemory())]), new VectorDataViewType(TextDataViewType.Instance, names.Length));
    }

    private static List<Many> Some(Func<int, bool> present) => [.. Plain.Select((row, k) => new Many
    {
        Features = row.Features,
        Targets = [row.Number, present(k) ? 1000 * (row.Features[0] - row.Features[2]) + 50 * row.Number : float.NaN],
        Tags = [row.Truth ? 1 : 0, !present(1) ? float.NaN : row.Features[1] > 0 ? 1 : 0, row.Features[2] > 0.5 ? 1 : 0],
        BooleanTags = [row.Truth, row.Features[1] > 0, row.Features[2] > 0.5],
    })];

    private sealed class Predicted
    {
        public float[] Score { get; set; } = [];
        public bool[] PredictedLabel { get; set; } = [];
    }

    private sealed class Many
    {
        [VectorType(3)] public float[] Features { get; set; } = [];
        [VectorType(2)] public float[] Targets { get; set; } = [];
        [VectorType(3)] public float[] Tags { get; set; } = [];
        [VectorType(3)] public bool[] BooleanTags { get; set; } = [];
    }
}
