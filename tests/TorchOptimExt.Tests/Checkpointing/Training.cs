using System.Security.Cryptography;
using TorchOptimExt.LineSearch;
using TorchOptimExt.RandomSearch;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.optim.lr_scheduler;

namespace TorchOptimExt.Tests.Checkpointing;

/// <summary>A small training with everything that a checkpoint holds: buffers, dropout, an optimizer, a schedule.</summary>
internal sealed class Training : IDisposable
{
    private readonly Tensor inputs, targets;

    public Training(string optimizer, string? schedule = null, long seed = 1, int hidden = 6, ScalarType dtype = ScalarType.Float32)
    {
        manual_seed(7);
        inputs = randn(16, 4, dtype);
        targets = randn(16, 2, dtype);
        manual_seed(seed);
        Model = nn.Sequential(("first", nn.Linear(4, hidden, dtype: dtype)), ("norm", nn.BatchNorm1d(hidden, dtype: dtype)), ("drop", nn.Dropout(0.3)), ("last", nn.Linear(hidden, 2, dtype: dtype)));
        Optimizer = Optimizers[optimizer](Model);
        Scheduler = schedule is null ? null : Schedules[schedule](Optimizer);
    }

    public static Dictionary<string, Func<nn.Module, OptimizerHelper>> Optimizers { get; } = new()
    {
        ["SGD"] = m => optim.SGD(m.parameters(), 0.05),
        ["SGD with momentum"] = m => optim.SGD(m.parameters(), 0.05, momentum: 0.9, weight_decay: 1e-3),
        ["SGD, two groups"] = m => optim.SGD([new SGD.ParamGroup(m.parameters().Take(2), lr: 0.1, momentum: 0.5), new SGD.ParamGroup(m.parameters().Skip(2), lr: 0.01, momentum: 0.9)], 0.05),
        ["Adagrad"] = m => optim.Adagrad(m.parameters(), 0.05, lr_decay: 0.1),
        ["Adadelta"] = m => optim.Adadelta(m.parameters(), 0.5),
        ["RMSProp"] = m => optim.RMSProp(m.parameters(), 0.01, momentum: 0.5, centered: true),
        ["Adam"] = m => optim.Adam(m.parameters(), 0.02, amsgrad: true),
        ["AdamW"] = m => optim.AdamW(m.parameters(), 0.02),
        ["Rprop"] = m => optim.Rprop(m.parameters(), 0.01),
        ["fused SGD"] = m => optim.fused.SGD(m.parameters(), 0.05, momentum: 0.9, weight_decay: 1e-3),
        ["fused Adagrad"] = m => optim.fused.Adagrad(m.parameters(), 0.05, lr_decay: 0.1),
        ["fused RMSProp"] = m => optim.fused.RMSProp(m.parameters(), 0.01, momentum: 0.5, centered: true),
        ["fused Adam"] = m => optim.fused.Adam(m.parameters(), 0.02, amsgrad: true),
        ["fused AdamW"] = m => optim.fused.AdamW(m.parameters(), 0.02),
        ["fused Adadelta"] = m => optim.fused.Adadelta(m.parameters(), 0.5),
        ["fused Rprop"] = m => optim.fused.Rprop(m.parameters(), 0.01),
        ["EwmaMomentum"] = m => optim.EwmaMomentum(m.parameters(), 0.05, bias_correction: true),
        ["ArmijoGD"] = m => optim.ArmijoGD(m.parameters(), momentum: 0.5, first_trial: FirstTrial.Grow, history: 3),
        ["ArmijoNewton"] = m => optim.ArmijoNewton(m.parameters()),
        ["WolfeLBFGS"] = m => optim.WolfeLBFGS(m.parameters()),
        ["TrustRegionNewton"] = m => optim.TrustRegionNewton(m.parameters()),
        ["ARS"] = m => optim.ARS(m.parameters(), n_directions: 2),
        ["RpropMinus"] = m => optim.RpropMinus(m.parameters(), 0.01),
        ["RpropPlus"] = m => optim.RpropPlus(m.parameters(), 0.01),
        ["IRpropPlus"] = m => optim.IRpropPlus(m.parameters(), 0.01),
    };

    public static Dictionary<string, Func<optim.Optimizer, LRScheduler>> Schedules { get; } = new()
    {
        ["StepLR"] = o => StepLR(o, 3, 0.5),
        ["MultiStepLR"] = o => MultiStepLR(o, [4, 8], 0.3),
        ["LambdaLR"] = o => LambdaLR(o, t => 1.0 / (1 + t)),
        ["MultiplicativeLR"] = o => MultiplicativeLR(o, _ => 0.9),
        ["ExponentialLR"] = o => ExponentialLR(o, 0.9),
        ["PolynomialLR"] = o => PolynomialLR(o, 20, 2),
        ["LinearLR"] = o => LinearLR(o, 0.2, 1, 10),
        ["ConstantLR"] = o => ConstantLR(o, 0.5, 9),
        ["CosineAnnealingLR"] = o => CosineAnnealingLR(o, 9, 1e-4),
        ["OneCycleLR"] = o => OneCycleLR(o, 0.1, total_steps: 30),
        ["CyclicLR"] = o => CyclicLR(o, 0.01, 0.1, 4),
        ["ReduceLROnPlateau"] = o => ReduceLROnPlateau(o, patience: 1),
        ["InverseTimeDecay"] = o => optim.lr_scheduler.InverseTimeDecay(o, 0.1, min_lr: 1e-3),
        ["StaircaseDecay"] = o => optim.lr_scheduler.StaircaseDecay(o, 3),
        ["CosineAnnealingWarmRestarts"] = o => optim.lr_scheduler.CosineAnnealingWarmRestarts(o, 3, 2),
        ["SWALR"] = o => optim.lr_scheduler.SWALR(o, 0.02, anneal_epochs: 10),
        ["a sequence of decays"] = o => SequentialLR(o, [optim.lr_scheduler.InverseTimeDecay(o, 0.1), optim.lr_scheduler.ExponentialDecay(o, 0.8)], [4]),
        ["SequentialLR"] = o => SequentialLR(o, [LinearLR(o, 0.1, 1, 5), ExponentialLR(o, 0.8), StepLR(o, 2, 0.5)], [5, 9]),
    };

    public Sequential Model { get; }
    public OptimizerHelper Optimizer { get; }
    public LRScheduler? Scheduler { get; }

    public void Run(int steps)
    {
        for (var k = 0; k < steps; k++)
        {
            using var loss = Optimizer.step(() =>
            {
                Optimizer.zero_grad();
                var loss = nn.functional.mse_loss(Model.forward(inputs), targets);
                if (Optimizer is not (LineSearchOptimizer or ARS)) loss.backward();
                return loss;
            });
            if (Scheduler is null) continue;
            if (Scheduler is impl.ReduceLROnPlateau) Scheduler.step(loss.ToDouble());
            else Scheduler.step();
        }
    }

    public void Save(string path, IReadOnlyDictionary<string, object>? values = null) => Checkpoint.Save(path, Model, Optimizer, Scheduler, values);

    public Checkpoint Load(string path) => Checkpoint.Load(path, Model, Optimizer, Scheduler);

    /// <summary>Every bit of model, optimizer, learning rates and random state, hashed.</summary>
    public string Bits()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var tensor in Model.state_dict().Values) hash.AppendData(tensor.bytes);
        using var random = torch.random.get_rng_state();
        hash.AppendData(random.bytes);
        using var state = new MemoryStream();
        using var writer = new BinaryWriter(state);
        Optimizer.save_state_dict(writer);
        hash.AppendData(state.ToArray());
        foreach (var rate in Scheduler?.get_last_lr() ?? []) hash.AppendData(BitConverter.GetBytes(rate));
        return Convert.ToHexString(hash.GetHashAndReset());
    }

    /// <summary>The bits after more steps: they show the schedule's position, too.</summary>
    public string BitsAfter(int steps)
    {
        Run(steps);
        return Bits();
    }

    public void Dispose()
    {
        Optimizer.Dispose();
        Model.Dispose();
        inputs.Dispose();
        targets.Dispose();
    }
}
