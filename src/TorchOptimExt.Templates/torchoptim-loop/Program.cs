using System.IO.Compression;
using TorchOptimExt;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

// Handwritten digits, 8 x 8 pixels each: digits.md. The last 360 are to test with.
const int Test = 360, Epochs = 20, BatchSize = 50;
manual_seed(1);
var (images, digits) = Load("digits.csv.gz");
var train = (int)images.shape[0] - Test;

using var model = Sequential(Linear(64, 128), ReLU(), Linear(128, 10));
using var optimizer = optim.fused.Adam(model.parameters(), lr: 5e-3);       // or optim.EwmaMomentum, optim.fused.SGD, ...
var schedule = optim.lr_scheduler.ExponentialDecay(optimizer, gamma: 0.9, min_lr: 1e-4);

for (var epoch = 1; epoch <= Epochs; epoch++)
{
    using var epochScope = NewDisposeScope();
    var sum = 0.0;
    foreach (var rows in randperm(train).split(BatchSize))
    {
        using var stepScope = NewDisposeScope();
        optimizer.zero_grad();
        var loss = functional.cross_entropy(model.forward(images[rows]), digits[rows]);
        loss.backward();
        optimizer.step();
        sum += loss.item<float>() * rows.shape[0];
    }
    schedule.step();
    Console.WriteLine($"epoch {epoch,2}: loss {sum / train:f4}, {Accuracy():p1} of the test digits are right");
}

Checkpoint.Save("digits.ckpt", model, optimizer, schedule);                 // Checkpoint.Load goes on from there
var learned = Accuracy() > 0.85;
Console.WriteLine(learned ? "It has learned: guessing is right one time in ten." : "It has not learned.");
return learned ? 0 : 1;

double Accuracy()
{
    using var scope = NewDisposeScope();
    using var quiet = no_grad();
    var right = model.forward(images.narrow(0, train, Test)).argmax(1).eq(digits.narrow(0, train, Test));
    return right.to(float64).mean().item<double>();
}

static (Tensor images, Tensor digits) Load(string name)
{
    using var file = File.OpenRead(Path.Combine(AppContext.BaseDirectory, name));
    using var reader = new StreamReader(new GZipStream(file, CompressionMode.Decompress));
    var lines = reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    var rows = lines.Select(line => line.Split(',').Select(float.Parse).ToArray()).ToArray();
    var (pixels, digits) = (rows.SelectMany(row => row[..64]).ToArray(), rows.Select(row => (long)row[64]).ToArray());
    return (tensor(pixels, [rows.Length, 64]) / 16, tensor(digits));
}
