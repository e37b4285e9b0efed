using TorchOptimExt;
using static TorchSharp.torch;

namespace OptimizerPaths;

/// <summary>One picture: an optimizer, perhaps with several settings.</summary>
internal sealed record Picture(string Name, IReadOnlyList<Contender> Contenders);

/// <summary>What is drawn, with learning rates that suit the two functions.</summary>
internal static class Pictures
{
    public static IReadOnlyList<Picture> All { get; } =
    [
        new("SGD",
        [
            new(r => $"lr {(r ? "0.001" : "0.035")}", (p, r) => optim.fused.SGD(p, r ? 0.001 : 0.035)),
            new(r => $"momentum 0.9, lr {(r ? "0.0005" : "0.01")}", (p, r) => optim.fused.SGD(p, r ? 0.0005 : 0.01, momentum: 0.9)),
            new(r => $"nesterov, lr {(r ? "0.0005" : "0.01")}", (p, r) => optim.fused.SGD(p, r ? 0.0005 : 0.01, momentum: 0.9, nesterov: true)),
        ]),
        new("EwmaMomentum",
        [
            new(r => $"beta 0.9, lr {(r ? "0.005" : "0.1")}", (p, r) => optim.EwmaMomentum(p, r ? 0.005 : 0.1)),
            new(r => $"bias_correction, lr {(r ? "0.001" : "0.03")}", (p, r) => optim.EwmaMomentum(p, r ? 0.001 : 0.03, bias_correction: true)),
        ]),
        new("Adagrad", [new(_ => "lr 0.5", (p, _) => optim.fused.Adagrad(p, 0.5))]),
        new("Adadelta", [new(_ => "lr 1, eps 0.001", (p, _) => optim.fused.Adadelta(p, eps: 1e-3))]),
        new("RMSProp",
        [
            new(_ => "lr 0.03, alpha 0.9", (p, _) => optim.fused.RMSProp(p, 0.03, 0.9)),
            new(_ => "lr 0.005, alpha 0.9, momentum 0.9", (p, _) => optim.fused.RMSProp(p, 0.005, 0.9, momentum: 0.9)),
        ]),
        new("Adam",
        [
            new(_ => "lr 0.1", (p, _) => optim.fused.Adam(p, 0.1)),
            new(_ => "lr 0.1, beta2 0.9", (p, _) => optim.fused.Adam(p, 0.1, beta2: 0.9)),
            new(_ => "lr 0.1, beta2 0.9, amsgrad", (p, _) => optim.fused.Adam(p, 0.1, beta2: 0.9, amsgrad: true)),
        ]),
        new("AdamW",
        [
            new(_ => "lr 0.1", (p, _) => optim.fused.AdamW(p, 0.1)),
            new(_ => "lr 0.1, weight_decay 0.3", (p, _) => optim.fused.AdamW(p, 0.1, weight_decay: 0.3)),
        ]),
        new("Rprop", [new(_ => "lr 0.05", (p, _) => optim.fused.Rprop(p, 0.05))]),
        new("RpropMinus", [new(_ => "lr 0.05", (p, _) => optim.RpropMinus(p, 0.05))]),
        new("RpropPlus", [new(_ => "lr 0.05", (p, _) => optim.RpropPlus(p, 0.05))]),
        new("IRpropPlus", [new(_ => "lr 0.05", (p, _) => optim.IRpropPlus(p, 0.05))]),
    ];
}
