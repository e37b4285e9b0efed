using Microsoft.ML;
using Microsoft.ML.Data;
using MultiLabel;
using TorchOptimExt.ML;

// Tags of questions: any of them may fit, so each is a label of its own.
var ml = new MLContext(seed: 1);
var split = ml.Data.TrainTestSplit(ml.Data.LoadFromEnumerable(Question.Some(1500)), testFraction: 0.2, seed: 1);

var tags = ml.MultiLabelClassification();
var pipeline = ml.Transforms.Text.FeaturizeText("Features", nameof(Question.Title))
    // "sql c#" becomes a vector with a 1 in the slots sql and c#, whose names the scores keep.
    .Append(ml.Transforms.Text.TokenizeIntoWords("Words", nameof(Question.Tags)))
    .Append(ml.Transforms.Conversion.MapValueToKey("Keys", "Words"))
    .Append(ml.Transforms.Conversion.MapKeyToVector("Label", "Keys", outputCountVector: true))
    .Append(tags.Trainers.Torch(epochs: 30, seed: 1));
var model = pipeline.Fit(split.TrainSet);

var metrics = tags.Evaluate(model.Transform(split.TestSet));
Console.WriteLine($"Hamming loss {metrics.HammingLoss:f3}, subset accuracy {metrics.SubsetAccuracy:f3}, F1 micro {metrics.MicroF1Score:f3}, macro {metrics.MacroF1Score:f3}");
Console.WriteLine("tag          rows     F1    AUC");
foreach (var tag in metrics.Labels)
    Console.WriteLine($"{tag.Name,-11}{tag.TruePositives + tag.FalseNegatives,6}{tag.F1Score,7:f3}{tag.AreaUnderRocCurve,7:f3}");

// New titles; the names of the tags are those of the column's slots.
using var engine = ml.Model.CreatePredictionEngine<Question, Prediction>(model);
VBuffer<ReadOnlyMemory<char>> names = default;
engine.OutputSchema["PredictedLabel"].GetSlotNames(ref names);
foreach (var title in new[] { "select rows and join two tables from python pandas", "button style in the browser breaks my async task" })
{
    var predicted = engine.Predict(new() { Title = title });
    var found = names.DenseValues().Zip(predicted.PredictedLabel, predicted.Probability).Where(tag => tag.Second).Select(tag => $"{tag.First} ({tag.Third:p0})");
    Console.WriteLine($"{title}: {string.Join(", ", found)}");
}

internal sealed class Prediction
{
    public bool[] PredictedLabel { get; set; } = [];
    public float[] Probability { get; set; } = [];
}
