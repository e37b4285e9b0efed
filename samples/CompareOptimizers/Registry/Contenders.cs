using TorchOptimExt;
using TorchOptimExt.LineSearch;
using static CompareOptimizers.Registry.Batching;
using static CompareOptimizers.Registry.Closure;
using static CompareOptimizers.Registry.Reference;
using static TorchSharp.torch;

namespace CompareOptimizers.Registry;

/// <summary>All optimizers that can be compared. A new one needs a line here, and one in Surfaces/Settings.cs for its picture.</summary>
internal static class Contenders
{
    public static readonly Contender[] All =
    [
        new("SGD", 0.01, (p, lr) => optim.fused.SGD(p, lr, momentum: 0.9), Same((p, lr) => optim.SGD(p, lr, momentum: 0.9))),
        new("EwmaMomentum", 0.3, (p, lr) => optim.EwmaMomentum(p, lr), Same((p, lr) => optim.SGD(p, 0.1 * lr, momentum: 0.9))),
        new("Adagrad", 0.02, (p, lr) => optim.fused.Adagrad(p, lr), Same((p, lr) => optim.Adagrad(p, lr))),
        new("Adadelta", 1.0, (p, lr) => optim.fused.Adadelta(p, lr), Same((p, lr) => optim.Adadelta(p, lr))),
        new("RMSProp", 1e-3, (p, lr) => optim.fused.RMSProp(p, lr), Same((p, lr) => optim.RMSProp(p, lr))),
        new("Adam", 1e-3, (p, lr) => optim.fused.Adam(p, lr), Same((p, lr) => optim.Adam(p, lr))),
        new("AdamW", 1e-3, (p, lr) => optim.fused.AdamW(p, lr, weight_decay: 0.1), Same((p, lr) => optim.AdamW(p, lr, weight_decay: 0.1))),
        new("Rprop", 1e-3, (p, lr) => optim.fused.Rprop(p, lr, max_step: 0.1), Same((p, lr) => optim.Rprop(p, lr, max_step: 0.1)), FullBatch),
        new("RpropMinus", 1e-3, (p, lr) => optim.RpropMinus(p, lr, max_step: 0.1), Closest((p, lr) => optim.Rprop(p, lr, max_step: 0.1)), FullBatch),
        new("RpropPlus", 1e-3, (p, lr) => optim.RpropPlus(p, lr, max_step: 0.1), Closest((p, lr) => optim.Rprop(p, lr, max_step: 0.1)), FullBatch),
        new("IRpropPlus", 1e-3, (p, lr) => optim.IRpropPlus(p, lr, max_step: 0.1), Closest((p, lr) => optim.Rprop(p, lr, max_step: 0.1)), FullBatch),
        new("ArmijoGD", 1.0, (p, lr) => optim.ArmijoGD(p, lr, first_trial: FirstTrial.Grow), Closest((p, _) => optim.SGD(p, 0.1)), FullBatch, ReturnsLoss),
        new("ArmijoNewton", 1.0, (p, lr) => optim.ArmijoNewton(p, lr, max_cg: 10), Closest((p, lr) => optim.LBFGS(p, lr, max_iter: 10)), FullBatch, ReturnsLoss, Steps: 15),
        new("WolfeLBFGS", 1.0, (p, lr) => optim.WolfeLBFGS(p, lr), Closest((p, lr) => optim.LBFGS(p, lr)), FullBatch, ReturnsLoss),
        new("TrustRegionNewton", 1.0, (p, lr) => optim.TrustRegionNewton(p, lr, max_cg: 10), Closest((p, lr) => optim.LBFGS(p, lr, max_iter: 10)), FullBatch, ReturnsLoss, Steps: 15),
        new("ARS", 0.05, (p, lr) => optim.ARS(p, lr, n_directions: 8, delta_std: 0.03, seed: 1), null, FullBatch, ReturnsLoss, Steps: 30),
    ];

    public static string Names => string.Join(", ", All.Select(contender => contender.Name));

    /// <summary>The optimizers of these names, in this order; all of them where none is named.</summary>
    /// <exception cref="UserException">A name is unknown.</exception>
    public static Contender[] Choose(IReadOnlyCollection<string> names) =>
        names.Count == 0 ? All : [.. names.Distinct(StringComparer.OrdinalIgnoreCase).Select(Find)];

    private static Contender Find(string name) =>
        All.FirstOrDefault(contender => contender.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
        ?? throw new UserException($"There is no optimizer '{name}'; name some of {Names} with --optimizers.");
}
