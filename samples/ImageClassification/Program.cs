using Datasets;
using ImageClassification;
using Microsoft.ML;
using TorchOptimExt;
using TorchOptimExt.ML;
using static Microsoft.ML.Transforms.Image.ImagePixelExtractingEstimator;
using static TorchSharp.torch;

// Handwritten digits as PNG files, read by ML.NET's steps for images into a convolutional network of one's own.
const int side = 16;
var folder = Directory.CreateTempSubdirectory("digits-").FullName;
try
{
    var digits = Digits.Load();
    var ml = new MLContext(seed: 1);
    var (train, test) = (DigitFile.Write(digits.Train, folder, "train"), DigitFile.Write(digits.Test, folder, "test"));
    var (trainSet, testSet) = (ml.Data.LoadFromEnumerable(train), ml.Data.LoadFromEnumerable(test));
    Console.WriteLine($"{train.Count} pictures to train with, {test.Count} to test with, in {folder}");

    var pipeline = ml.Transforms.LoadImages("Image", folder, nameof(DigitFile.Path))
        .Append(ml.Transforms.ResizeImages("Image", side, side))
        // Grey pictures: one colour says it all. Pixels from 0 to 1, as networks like them, row after row.
        .Append(ml.Transforms.ExtractPixels("Features", "Image", ColorBits.Red, scaleImage: 1 / 255f))
        .Append(ml.Transforms.Conversion.MapValueToKey("Label", nameof(DigitFile.Digit)))
        .Append(ml.MulticlassClassification.Trainers.Torch(new TorchTrainerOptions
        {
            Module = _ => Network(),
            Optimizer = parameters => optim.fused.Adam(parameters, lr: 0.003),
            Epochs = 15,
            BatchSize = 32,
            Seed = 1,
        }))
        .Append(ml.Transforms.Conversion.MapKeyToValue("PredictedLabel"));
    var model = pipeline.Fit(trainSet);

    var metrics = ml.MulticlassClassification.Evaluate(model.Transform(testSet));
    var frequent = test.CountBy(row => row.Digit).Max(digit => digit.Value) / (double)test.Count;
    Console.WriteLine($"accuracy {metrics.MicroAccuracy:p1} on pictures not seen in training; the most frequent digit has {frequent:p1}");

    using var engine = ml.Model.CreatePredictionEngine<DigitFile, Guess>(model);
    foreach (var file in test.Take(5))
    {
        var guess = engine.Predict(file);
        Console.WriteLine($"{file.Path}: a {guess.PredictedLabel} with {guess.Score.Max():p1}; it is a {file.Digit}");
    }
}
finally
{
    Directory.Delete(folder, recursive: true);
}

// The pixels come as one vector: the first layer makes images of them again, of one channel.
static nn.Module<Tensor, Tensor> Network() => nn.Sequential(
    nn.Unflatten(1, [1, side, side]),
    nn.Conv2d(1, 16, 3, padding: 1), nn.BatchNorm2d(16), nn.ReLU(), nn.MaxPool2d(2),
    nn.Conv2d(16, 32, 3, padding: 1), nn.BatchNorm2d(32), nn.ReLU(), nn.MaxPool2d(2),
    nn.Flatten(), nn.Linear(32 * (side / 4) * (side / 4), Digits.Classes));

internal sealed class Guess
{
    public string PredictedLabel { get; set; } = "";

    public float[] Score { get; set; } = [];
}
