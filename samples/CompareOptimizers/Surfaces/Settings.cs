using TorchOptimExt;
using TorchOptimExt.LineSearch;
using static CompareOptimizers.Registry.Closure;
using static TorchSharp.torch;

namespace CompareOptimizers.Surfaces;

/// <summary>What the settings of each optimizer do.</summary>
internal static class Settings
{
    /// <summary>The optimizers.</summary>
    public static readonly Subject[] OfEach =
    [
        new("SGD",
            new("no momentum", (p, lr) => optim.fused.SGD(p, lr)),
            new("momentum 0.9", (p, lr) => optim.fused.SGD(p, lr, momentum: 0.9)),
            new("nesterov", (p, lr) => optim.fused.SGD(p, lr, momentum: 0.9, nesterov: true))),
        new("EwmaMomentum",
            new("beta 0.9", (p, lr) => optim.EwmaMomentum(p, lr)),
            new("bias_correction", (p, lr) => optim.EwmaMomentum(p, lr, bias_correction: true)),
            new("beta 0.5", (p, lr) => optim.EwmaMomentum(p, lr, beta: 0.5))),
        new("Adagrad",
            new("lr_decay 0", (p, lr) => optim.fused.Adagrad(p, lr)),
            new("lr_decay 0.1", (p, lr) => optim.fused.Adagrad(p, lr, lr_decay: 0.1))),
        new("Adadelta",
            new("eps 1e-6", (p, lr) => optim.fused.Adadelta(p, lr)),
            new("eps 1e-3", (p, lr) => optim.fused.Adadelta(p, lr, eps: 1e-3))),
        new("RMSProp",
            new("alpha 0.99", (p, lr) => optim.fused.RMSProp(p, lr)),
            new("alpha 0.9", (p, lr) => optim.fused.RMSProp(p, lr, alpha: 0.9)),
            new("alpha 0.9, momentum 0.9", (p, lr) => optim.fused.RMSProp(p, lr, alpha: 0.9, momentum: 0.9)),
            new("alpha 0.9, centered", (p, lr) => optim.fused.RMSProp(p, lr, alpha: 0.9, centered: true))),
        new("Adam",
            new("beta2 0.999", (p, lr) => optim.fused.Adam(p, lr)),
            new("beta2 0.9", (p, lr) => optim.fused.Adam(p, lr, beta2: 0.9)),
            new("beta2 0.9, amsgrad", (p, lr) => optim.fused.Adam(p, lr, beta2: 0.9, amsgrad: true))),
        new("AdamW",
            new("weight_decay 0", (p, lr) => optim.fused.AdamW(p, lr)),
            new("weight_decay 0.1", (p, lr) => optim.fused.AdamW(p, lr, weight_decay: 0.1))),
        new("Rprop", new("max_step 50", (p, lr) => optim.fused.Rprop(p, lr)), new("max_step 0.1", (p, lr) => optim.fused.Rprop(p, lr, max_step: 0.1))),
        new("RpropMinus", new("max_step 50", (p, lr) => optim.RpropMinus(p, lr)), new("max_step 0.1", (p, lr) => optim.RpropMinus(p, lr, max_step: 0.1))),
        new("RpropPlus", new("max_step 50", (p, lr) => optim.RpropPlus(p, lr)), new("max_step 0.1", (p, lr) => optim.RpropPlus(p, lr, max_step: 0.1))),
        new("IRpropPlus", new("max_step 50", (p, lr) => optim.IRpropPlus(p, lr)), new("max_step 0.1", (p, lr) => optim.IRpropPlus(p, lr, max_step: 0.1))),
        new("ArmijoGD",
            new("first_trial Restart", (p, lr) => optim.ArmijoGD(p, lr), ReturnsLoss),
            new("first_trial Grow", (p, lr) => optim.ArmijoGD(p, lr, first_trial: FirstTrial.Grow), ReturnsLoss),
            new("first_trial Grow, momentum 0.9", (p, lr) => optim.ArmijoGD(p, lr, first_trial: FirstTrial.Grow, momentum: 0.9), ReturnsLoss)),
        new("ArmijoNewton",
            new("exact Hessian", (p, lr) => optim.ArmijoNewton(p, lr), ReturnsLoss),
            new("max_exact 0", (p, lr) => optim.ArmijoNewton(p, lr, max_exact: 0), ReturnsLoss)),
        new("WolfeLBFGS",
            new("history 100", (p, lr) => optim.WolfeLBFGS(p, lr), ReturnsLoss),
            new("history 1", (p, lr) => optim.WolfeLBFGS(p, lr, history: 1), ReturnsLoss)),
        new("TrustRegionNewton",
            new("exact Hessian", (p, lr) => optim.TrustRegionNewton(p, lr), ReturnsLoss),
            new("max_exact 0", (p, lr) => optim.TrustRegionNewton(p, lr, max_exact: 0), ReturnsLoss)),
        new("ARS",
            new("V1", (p, lr) => optim.ARS(p, lr, n_directions: 8, seed: 1), ReturnsLoss),
            new("V1-t, top_directions 4", (p, lr) => optim.ARS(p, lr, n_directions: 8, top_directions: 4, seed: 1), ReturnsLoss),
            new("finite differences", (p, lr) => optim.ARS(p, lr, n_directions: 1, normalize_by_std: false, seed: 1), ReturnsLoss)),
    ];
}
