using System.CommandLine;
using Datasets;
using TorchOptimExt;
using TorchOptimExt.Mpi;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using F = TorchSharp.torch.nn.functional;

var epochs = new Option<int>("--epochs") { Description = "Passes over the training images", DefaultValueFactory = _ => 10 };
var command = new RootCommand("""
    Trains one network on handwritten digits with several processes, which share the rows of each batch:
      dotnet build samples/DataParallel
      mpirun -n 2 dotnet run --no-build --project samples/DataParallel
    """) { epochs };
command.SetAction(arguments => Train(arguments.GetValue(epochs)));
return command.Parse(args).Invoke();

static void Train(int epochs)
{
    using var world = Mpi.World();
    set_num_threads(Math.Max(1, Environment.ProcessorCount / world.Size));
    var digits = Digits.Load();
    var (images, labels) = (Pixels(digits.Train), tensor(digits.Train.Labels).to(int64));
    using var model = Sequential(Linear(Digits.PixelsPerImage, 64), ReLU(), Linear(64, Digits.Classes));
    var parallel = optim.DataParallel(optim.fused.Adam(model.parameters(), lr: 3e-3), world);       // all ranks start from rank 0's weights
    var sampler = new ShardSampler(digits.Train.Count, batch: 64, world);
    for (var epoch = 0; epoch < epochs; epoch++)
    {
        var sum = 0.0;
        foreach (var (rows, ofBatch) in sampler.Epoch(epoch))
        {
            using var scope = NewDisposeScope();
            var mine = tensor(rows).to(int64);
            parallel.zero_grad();
            var loss = F.cross_entropy(model.forward(images[mine]), labels[mine], reduction: Reduction.Sum) * world.Size / ofBatch;
            loss.backward();
            parallel.step();
            sum += loss.ToDouble() * ofBatch / world.Size;
        }
        sum = world.Sum(sum);       // of all ranks' rows
        if (world.Rank == 0)
            Console.WriteLine($"{world.Size} ranks, epoch {epoch + 1}: loss {sum / digits.Train.Count:F4}, test accuracy {Accuracy(model, digits.Test):P1}");
    }
}

static Tensor Pixels(LabelledImages part) => tensor(part.Pixels, [part.Count, Digits.PixelsPerImage]).to(float32) / Digits.Ink;

static double Accuracy(Module<Tensor, Tensor> model, LabelledImages part)
{
    using var quiet = no_grad();
    using var scope = NewDisposeScope();
    return model.forward(Pixels(part)).argmax(1).eq(tensor(part.Labels)).to(float64).mean().item<double>();
}
