using Microsoft.ML;
using Microsoft.ML.Data;
using TorchOptimExt.ML;

// Which part of .NET is a sentence of its documentation about? ML.NET makes words and letters numbers, a perceptron learns from them.
var ml = new MLContext(seed: 1);
var path = Path.Combine(AppContext.BaseDirectory, "Data", "sentences.tsv");
var split = ml.Data.TrainTestSplit(ml.Data.LoadFromTextFile<Sentence>(path, hasHeader: true), testFraction: 0.2, seed: 1);

var pipeline = ml.Transforms.Text.FeaturizeText("Features", nameof(Sentence.Text))
    .Append(ml.Transforms.Conversion.MapValueToKey("Label", nameof(Sentence.Area)))
    .Append(ml.MulticlassClassification.Trainers.Torch(epochs: 15, seed: 1))
    .Append(ml.Transforms.Conversion.MapKeyToValue("PredictedLabel"));
var model = pipeline.Fit(split.TrainSet);

var scored = model.Transform(split.TestSet);
var areas = scored.GetColumn<string>(nameof(Sentence.Area)).ToList();
var frequent = areas.CountBy(area => area).Max(area => area.Value) / (double)areas.Count;
var slots = ((VectorDataViewType)scored.Schema["Features"].Type).Size;
Console.WriteLine($"{areas.Count} sentences that were not seen in training, {slots:n0} features of each");
Console.WriteLine($"accuracy {ml.MulticlassClassification.Evaluate(scored).MicroAccuracy:p1}; the most frequent part has {frequent:p1}");

using var engine = ml.Model.CreatePredictionEngine<Sentence, Guess>(model);
foreach (var text in new[]
{
    "Adds an item to the end of the list and returns its index.",
    "Signs the hash with the private key and the given padding.",
    "Blocks until another process releases the lock or the time is over.",
    "Sends the request to the server and waits for the answer's headers.",
})
{
    var guess = engine.Predict(new() { Text = text });
    Console.WriteLine($"{guess.PredictedLabel} ({guess.Score.Max():p0}): {text}");
}

internal sealed class Sentence
{
    [LoadColumn(0)] public string Area { get; set; } = "";

    [LoadColumn(1)] public string Text { get; set; } = "";
}

internal sealed class Guess
{
    public string PredictedLabel { get; set; } = "";

    public float[] Score { get; set; } = [];
}
