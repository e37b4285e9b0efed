using System.Security.Cryptography;
using TorchOptimExt;
using static TorchSharp.torch;

// CheckpointedTraining CHECKPOINT STEPS [STOP]: trains with a checkpoint after every step, resumes from the checkpoint if
// there is one, and at the end writes a hash of the parameters. Amidst the save after step STOP, while the file is open,
// it says "amidst STOP" and waits to be killed.
var (path, steps, stop) = (args[0], int.Parse(args[1]), args.Length > 2 ? int.Parse(args[2]) : -1);
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
    Dictionary<string, object> values = k == stop ? new Stopping(k) : [];
    values["step"] = k;
    values["padding"] = new byte[1 << 17];      // more than a buffer holds: part of it is in the file
    Checkpoint.Save(path, model, optimizer, scheduler, values);
}

using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
foreach (var parameter in model.parameters()) hash.AppendData(parameter.bytes);
Console.WriteLine(Convert.ToHexString(hash.GetHashAndReset()));

/// <summary>Values that a save does not get past; where nobody waits for it any more, it goes on.</summary>
internal sealed class Stopping(int step) : Dictionary<string, object>, IEnumerable<KeyValuePair<string, object>>
{
    IEnumerator<KeyValuePair<string, object>> IEnumerable<KeyValuePair<string, object>>.GetEnumerator()
    {
        foreach (var value in this) yield return value;
        Console.WriteLine($"amidst {step}");
        Console.ReadLine();
    }
}
