using System.Diagnostics;
using System.Globalization;
using TorchOptimExt;
using TorchOptimExt.Mpi;
using TorchSharp;
using static TorchSharp.torch;

// Usage: MpiTraining adam|sgd|rmsprop|bfloat16|armijo|lbfgs|newton|newtoncg|trust|ars|uneven|throw|caught|closure|stale|coarse|kill|model|optimizer|leave [CHECKPOINT FROM TO].
// Rank 0 writes the parameters at the end, and the checkpoint; it begins from that where FROM is above 0.
var what = args[0];
try
{
    using var world = Mpi.World();
    set_num_threads(1);
    manual_seed(world.Rank);
    if (what == "coarse") return Coarse(world);
    using var model = nn.Sequential(nn.Linear(3, what == "model" && world.Rank == 1 ? 4 : 5), nn.Tanh(), nn.Linear(what == "model" && world.Rank == 1 ? 4 : 5, 1)).to(float64);
    if (world.Rank == 0) foreach (var p in model.parameters()) p.detach().copy_(linspace(-0.5, 0.7, p.numel(), float64).view(p.shape));
    Tensor? before = null;
    using var all = linspace(-1, 1, 8 * 3, float64).view(8, 3).sin();
    using var targets = all.sum(dim: 1, keepdim: true).cos();
    var (from, to) = args.Length > 1 ? (int.Parse(args[2]), int.Parse(args[3])) : (0, 10);
    if (what == "bfloat16") model.to(bfloat16);
    Modules(out var optimizer);
    if (from > 0 && world.Rank == 0) Checkpoint.Load(args[1], model, optimizer);
    var parallel = optim.DataParallel(optimizer, world);
    for (var epoch = from; epoch < to; epoch++)
        foreach (var (rows, ofBatch) in new ShardSampler(what == "uneven" ? 7 : 8, what == "uneven" ? 3 : 8, world, seed: 3).Epoch(epoch))
        {
            if (world.Rank == world.Size - 1 && epoch == 3 && what == "kill") Process.GetCurrentProcess().Kill();
            if (world.Rank == world.Size - 1 && epoch == 3 && what is "throw" or "caught") throw new TimeoutException("the simulator is gone");
            if (world.Rank == world.Size - 1 && epoch == 3 && what == "leave") return 0;
            using var scope = NewDisposeScope();
            var at = tensor(what == "ars" ? [.. Enumerable.Range(0, 8)] : rows.Select(r => (long)r).ToArray());
            var (x, y) = (all[at].to(model.parameters().First().dtype), targets[at].to(model.parameters().First().dtype));
            parallel.step(() =>
            {
                if (what == "closure" && world.Rank == 1 && epoch == 3) throw new TimeoutException("the simulator is gone");
                if (what == "stale") return (before ??= nn.functional.mse_loss(model.forward(x), y).DetachFromDisposeScope()) + 0;
                if (what is "armijo" or "lbfgs" or "newton" or "newtoncg" or "trust" or "ars") return nn.functional.mse_loss(model.forward(x), y);
                parallel.zero_grad();
                var loss = what == "uneven" ? nn.functional.mse_loss(model.forward(x), y, nn.Reduction.Sum) * world.Size / ofBatch
                    : nn.functional.mse_loss(model.forward(x), y);
                loss.backward();
                return loss;
            });
        }
    if (world.Rank == 0 && args.Length > 1) Checkpoint.Save(args[1], model, optimizer);
    if (world.Rank == 0)
        Console.WriteLine("result " + string.Join(' ', model.parameters().SelectMany(p => p.detach().to(float64).data<double>().ToArray()).Select(v => v.ToString("R", CultureInfo.InvariantCulture))));
    return 0;

    void Modules(out TorchSharp.Modules.OptimizerHelper made) => made = what switch
    {
        "sgd" => optim.fused.SGD(model.parameters(), 0.1, momentum: 0.9),
        "rmsprop" => optim.fused.RMSProp(model.parameters(), 0.01, momentum: 0.5),
        "optimizer" when world.Rank == 1 => optim.fused.SGD(model.parameters(), 0.1),
        "groups" when world.Rank == 1 => optim.fused.Adam(new TorchSharp.Modules.Adam.ParamGroup[] { new(model.parameters().Take(1)), new(model.parameters().Skip(1)) }, 0.05),
        "lbfgs" or "stale" => optim.WolfeLBFGS(model.parameters()),
        "armijo" => optim.ArmijoGD(model.parameters()),
        // With weight decay, without which eight rows leave many directions flat, where rounding decides.
        "newton" => optim.ArmijoNewton(model.parameters(), weight_decay: 1),
        "newtoncg" => optim.ArmijoNewton(model.parameters(), weight_decay: 0.1, max_exact: 0),
        "trust" => optim.TrustRegionNewton(model.parameters(), weight_decay: 0.1),
        "ars" => optim.ARS(model.parameters(), n_directions: 5, seed: 4),
        _ => optim.fused.Adam(model.parameters(), 0.05),
    };
}
catch (TimeoutException e) when (what == "caught")
{
    Console.Error.WriteLine("caught: " + e.Message);
    return 7;
}

// 512 and three times 1: bfloat16, which has eight bits, counts by fours at 512 and would lose the ones.
static int Coarse(World world)
{
    using var parameter = new TorchSharp.Modules.Parameter(zeros(1, bfloat16)) { grad = full(1, world.Rank == 0 ? 512 : 1, bfloat16) };
    optim.DataParallel(optim.SGD([parameter], 1), world).step();
    if (world.Rank == 0) Console.WriteLine("result " + parameter.detach().to(float64).item<double>().ToString("R", CultureInfo.InvariantCulture));
    return 0;
}
