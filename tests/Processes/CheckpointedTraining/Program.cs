using System.Security.Cryptography;
using TorchOptimExt;
using static TorchSharp.torch;

// CheckpointedTraining CHECKPOINT STEPS: trains with a checkpoint after every step, resumes from the checkpoint if there
// is one, says "saving K" before each save, and at the end writes a hash of the parameters.
var (path, steps) = (args[0], int.Parse(args[1]));
set_num_threads(1);
manual_seed(1);
var model = nn.Sequential(("first", nn.Linear(256, 1024)), ("act", nn.ReLU()), ("drop", nn.Dropout(0.2)), ("last", nn.Linear(1024, 256)));
var optimizer = optim.Adam(model.parameters(), 1e-3);
var scheduler = optim.lr_scheduler.CosineAnnealingLR(optimizer, steps);
var start = File.Exists(path) ? (int)Checkpoint.Load(path, model, optimizer, scheduler).Values["step"] + 1 : 0;

for (var k = start; k < steps; k++)
{
    using var scope = NewDisposeScope();
    optimizer.zero_grad();
    var inputs = randn(8, 256);
    nn.functional.mse_loss(model.forward(inputs), inputs.sin()).backward();
    optimizer.step();
    scheduler.step();
    Console.WriteLine($"saving {k}");
    Checkpoint.Save(path, model, optimizer, scheduler, new Dictionary<string, object> { ["step"] = k });
}

using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
foreach (var parameter in model.parameters()) hash.AppendData(parameter.bytes);
Console.WriteLine(Convert.ToHexString(hash.GetHashAndReset()));
