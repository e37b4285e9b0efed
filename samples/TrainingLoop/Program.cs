using System.CommandLine;
using Datasets;
using TorchOptimExt.Parameters;
using TrainingLoop;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using F = TorchSharp.torch.nn.functional;

var data = new Option<string?>("--data") { Description = ImageSet.DataDescription };
var name = new Option<string>("--optimizer") { Description = $"One of {string.Join(", ", OptimizerByName.Names)}", DefaultValueFactory = _ => "fused.Adam" };
var lr = new Option<double?>("--lr") { Description = "Learning rate (default: the optimizer's own)" };
var epochs = new Option<int>("--epochs") { Description = "Passes over the training images", DefaultValueFactory = _ => 3 };
var batchSize = new Option<int>("--batch-size") { Description = "Images in a step", DefaultValueFactory = _ => 50 };
foreach (var option in new[] { epochs, batchSize })
    option.Validators.Add(result =>
    {
        if (result.Tokens is [{ Value: var given }] && int.TryParse(given, out var number) && number < 1) result.AddError($"{option.Name} must be at least 1.");
    });

var command = new RootCommand("Trains a small network on Fashion-MNIST, or on handwritten digits where that cannot be had.") { data, name, lr, epochs, batchSize };
command.SetAction(arguments =>
{
    try
    {
        var images = ImageSet.Load(arguments.GetValue(data), new FashionMnistSource(), Console.Out);
        Train(images, arguments.GetValue(name)!, arguments.GetValue(lr), arguments.GetValue(epochs), arguments.GetValue(batchSize));
        return 0;
    }
    catch (Exception e) when (e is DatasetException or ArgumentException)
    {
        Console.Error.WriteLine(e.Message);
        return 2;
    }
});
return command.Parse(args).Invoke();

static void Train(ImageSet data, string name, double? lr, int epochs, int batchSize)
{
    manual_seed(1);
    using var model = Sequential(Linear(data.PixelsPerImage, 128), ReLU(), Linear(128, ImageSet.Classes));
    using var optimizer = OptimizerByName.Create(name, model.parameters(), lr);
    var (images, labels) = ToTensors(data.Train, data);
    var (testImages, testLabels) = ToTensors(data.Test, data);

    for (var epoch = 1; epoch <= epochs; epoch++)
    {
        using var epochScope = NewDisposeScope();
        var batches = randperm(data.Train.Count).split(batchSize);
        for (var i = 0; i < batches.Length; i++)
        {
            using var stepScope = NewDisposeScope();
            var (x, y) = (images.index_select(0, batches[i]), labels.index_select(0, batches[i]));
            var loss = optimizer.step(() =>
            {
                if (optimizer is not ILossOnlyClosure) optimizer.zero_grad();
                var loss = F.cross_entropy(model.forward(x), y);
                if (optimizer is not ILossOnlyClosure) loss.backward();     // line searches and ARS differentiate, or do without
                return loss;
            });
            if ((i + 1) % 300 == 0)
                Console.WriteLine($"epoch {epoch}/{epochs}  step {i + 1,4}/{batches.Length}  loss {loss.item<float>():F4}");
        }
        Console.WriteLine($"epoch {epoch}/{epochs}  test accuracy {Accuracy(model, testImages, testLabels):P2}");
    }
}

static (Tensor images, Tensor labels) ToTensors(LabelledImages part, ImageSet data) =>
    (tensor(part.Pixels, [part.Count, data.PixelsPerImage]).to(ScalarType.Float32) / data.White, tensor(part.Labels).to(ScalarType.Int64));

static double Accuracy(Module<Tensor, Tensor> model, Tensor images, Tensor labels)
{
    using var _ = no_grad();
    return model.forward(images).argmax(1).eq(labels).to(ScalarType.Float64).mean().item<double>();
}
