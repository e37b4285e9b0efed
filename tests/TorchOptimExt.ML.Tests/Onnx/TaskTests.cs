using Microsoft.ML.Data;
using MlTraining;
using TorchOptimExt.ML.Scoring;
using static TorchOptimExt.ML.Tests.Pipelines;
using static TorchSharp.torch;

namespace TorchOptimExt.ML.Tests.Onnx;

/// <summary>The columns of each task, from ONNX Runtime, are those that the transformer gives.</summary>
public class TaskTests
{
    private static readonly List<Row> Rows = Row.Some(150);
    private static readonly float[][] Features = [.. Rows.Select(r => r.Features)];

    [Fact]
    public void Regression_is_in_the_labels_units_with_features_standardized_inside()
    {
        var options = Options("Number");
        options.StandardizeFeatures = true;
        var model = Context.Regression.Trainers.Torch(options).Fit(View(Rows));
        Assert.NotNull(model.Model.LabelScale);
        using var file = new OnnxFile(model.SaveAsOnnx);
        Assert.Equal(["Score.output"], file.Outputs);
        OnnxFile.AssertAgree(model.Scores(View(Rows)), file.Run<float>("Score.output", Features));
    }

    [Fact]
    public void Two_classes_have_logit_probability_and_label_with_the_threshold_of_the_model()
    {
        var trained = Context.BinaryClassification.Trainers.Torch(Options("Truth")).Fit(View(Rows));
        foreach (var threshold in new[] { 0, 0.7f })
        {
            var model = Context.BinaryClassification.ChangeModelThreshold(trained, threshold);
            var scored = model.Transform(View(Rows));
            using var file = new OnnxFile(model.SaveAsOnnx);
            Assert.Equal(["Score.output", "Probability.output", "PredictedLabel.output"], file.Outputs);
            OnnxFile.AssertAgree(scored.GetColumn<float>("Score"), file.Run<float>("Score.output", Features));
            OnnxFile.AssertAgree(scored.GetColumn<float>("Probability"), file.Run<float>("Probability.output", Features));
            Assert.Equal(scored.GetColumn<bool>("PredictedLabel"), file.Run<bool>("PredictedLabel.output", Features));
        }
    }

    [Fact]
    public void Several_classes_have_probabilities_and_a_key_and_no_key_without_a_score()
    {
        var data = Keyed(Rows);
        var model = Context.MulticlassClassification.Trainers.Torch(Options("Label")).Fit(data);
        using var file = new OnnxFile(model.SaveAsOnnx);
        OnnxFile.AssertAgree(model.ClassScores(data).SelectMany(s => s), file.Run<float>("Score.output", Features));
        Assert.Equal(model.Transform(data).GetColumn<uint>("PredictedLabel"), file.Run<uint>("PredictedLabel.output", Features));

        var linear = Context.MulticlassClassification.Trainers.Torch(Linear("Label", 1)).Fit(data);
        using var other = new OnnxFile(linear.SaveAsOnnx);
        Assert.Equal([0u, 1u], other.Run<uint>("PredictedLabel.output", [[float.NaN, 0, 0], Features[0]]).Select(key => Math.Min(key, 1)));
    }

    [Fact]
    public void Several_outputs_are_in_their_units()
    {
        using var scope = NewDisposeScope();
        var scale = new ML.Data.Scale([10, -20], [3, 0.5f]);
        var module = nn.Linear(3, 2);
        var model = new TorchTransformer("Features", new TorchModel(TaskKind.MultiOutputRegression, 3, 2, new(null, null), module, CPU) { LabelScale = scale });
        using var file = new OnnxFile(model.SaveAsOnnx);
        OnnxFile.AssertAgree(model.ClassScores(View(Rows)).SelectMany(s => s), file.Run<float>("Score.output", Features));
    }

    [Fact]
    public void Several_labels_have_logits_probabilities_and_labels()
    {
        var model = OnnxFile.Transformer(nn.Linear(3, 4), 3, 4, TaskKind.MultiLabelClassification);
        var scored = model.Transform(View(Rows));
        using var file = new OnnxFile(model.SaveAsOnnx);
        OnnxFile.AssertAgree(scored.GetColumn<float[]>("Probability").SelectMany(s => s), file.Run<float>("Probability.output", Features));
        Assert.Equal(scored.GetColumn<bool[]>("PredictedLabel").SelectMany(s => s), file.Run<bool>("PredictedLabel.output", Features));
    }

    [Fact]
    public void The_built_in_perceptron_is_written_with_all_that_it_may_have()
    {
        foreach (var activation in Enum.GetValues<Activation>())
        {
            var options = Options("Number");
            options.Mlp = new() { HiddenSizes = [9, 5], Activation = activation, Dropout = 0.2, BatchNormalization = true };
            var model = Context.Regression.Trainers.Torch(options).Fit(View(Rows));
            using var file = new OnnxFile(model.SaveAsOnnx);
            OnnxFile.AssertAgree(model.Scores(View(Rows)), file.Run<float>("Score.output", Features));
        }
    }

    private static TorchTrainerOptions Options(string label) => new() { LabelColumnName = label, Epochs = 5, Seed = 1 };
}
