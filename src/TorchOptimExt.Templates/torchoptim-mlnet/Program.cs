using Microsoft.ML;
using Microsoft.ML.Data;
using TorchOptimExt;
using TorchOptimExt.ML;
using TorchOptimExt.ML.Training;
using static TorchSharp.torch;

// Irises of three species: iris.md. A fifth is to test with.
var ml = new MLContext(seed: 1);
var table = ml.Data.LoadFromTextFile<Iris>(Path.Combine(AppContext.BaseDirectory, "iris.csv"), ',', hasHeader: true);
var data = ml.Data.TrainTestSplit(table, testFraction: 0.2);

var trainer = ml.MulticlassClassification.Trainers.Torch(new TorchTrainerOptions
{
    Mlp = new() { HiddenSizes = [16] },                                     // or a module of your own
    Optimizer = parameters => optim.fused.Adam(parameters, lr: 0.02),       // or any of TorchSharp's and TorchOptimExt's
    BatchSize = 16,
    Epochs = 40,
    Seed = 1,
    Progress = new Lines(),
});
var pipeline = ml.Transforms.Conversion.MapValueToKey("Label", nameof(Iris.Species))
    .Append(ml.Transforms.NormalizeMeanVariance("Features", nameof(Iris.Measures), fixZero: false))
    .Append(trainer)
    .Append(ml.Transforms.Conversion.MapKeyToValue(nameof(Guess.Species), "PredictedLabel"));

var model = pipeline.Fit(data.TrainSet);
var accuracy = ml.MulticlassClassification.Evaluate(model.Transform(data.TestSet)).MicroAccuracy;
ml.Model.Save(model, data.TrainSet.Schema, "iris.zip");

// As another program would use it:
var loaded = ml.Model.Load("iris.zip", out _);
using var engine = ml.Model.CreatePredictionEngine<Iris, Guess>(loaded);
var guess = engine.Predict(new Iris { Measures = [5.1f, 3.5f, 1.4f, 0.2f] });
Console.WriteLine($"An iris with a petal of 1.4 x 0.2 cm: species {guess.Species} (0 is setosa), {guess.Score.Max():p1}");

var learned = accuracy > 0.8;
Console.WriteLine($"{accuracy:p1} of the test irises are right.");
Console.WriteLine(learned ? "It has learned: guessing is right one time in three." : "It has not learned.");
return learned ? 0 : 1;

class Iris
{
    [LoadColumn(0, 3), VectorType(4)] public float[] Measures { get; set; } = [];
    [LoadColumn(4)] public string Species { get; set; } = "";
}

class Guess
{
    public string Species { get; set; } = "";
    public float[] Score { get; set; } = [];
}

class Lines : IProgress<EpochReport>
{
    public void Report(EpochReport r)
    {
        if (r.Epoch % 10 == 0) Console.WriteLine($"epoch {r.Epoch}: loss {r.TrainLoss:f4}");
    }
}
